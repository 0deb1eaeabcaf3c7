-- One table a kind of item, the tenant first in every key: nothing of one brand is found under another.
-- `item` is the stored type as JSON; beside it stand only keys, what one call alone changes, and when to forget it.

CREATE TABLE IF NOT EXISTS numbers (
    tenant TEXT NOT NULL,
    number BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT;
CREATE INDEX IF NOT EXISTS numbers_forget ON numbers (forget_at);

CREATE TABLE IF NOT EXISTS addresses (
    tenant TEXT NOT NULL,
    address BLOB NOT NULL,
    requests INTEGER NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, address)
) STRICT;
CREATE INDEX IF NOT EXISTS addresses_forget ON addresses (forget_at);

CREATE TABLE IF NOT EXISTS sessions (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    secret BLOB NOT NULL,
    id BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, member, secret)
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_forget ON sessions (forget_at);

-- Consents are proof: they are never forgotten.
CREATE TABLE IF NOT EXISTS grants (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    client TEXT NOT NULL,
    item TEXT NOT NULL,
    tainted TEXT NOT NULL,
    PRIMARY KEY (tenant, member, client)
) STRICT;

CREATE TABLE IF NOT EXISTS codes (
    tenant TEXT NOT NULL,
    digest BLOB NOT NULL,
    item TEXT NOT NULL,
    redeemed_by BLOB,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;
CREATE INDEX IF NOT EXISTS codes_forget ON codes (forget_at);

CREATE TABLE IF NOT EXISTS refresh_families (
    tenant TEXT NOT NULL,
    family BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, family)
) STRICT;
CREATE INDEX IF NOT EXISTS refresh_families_forget ON refresh_families (forget_at);

CREATE TABLE IF NOT EXISTS assertions (
    tenant TEXT NOT NULL,
    key BLOB NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT;
CREATE INDEX IF NOT EXISTS assertions_forget ON assertions (forget_at);

CREATE TABLE IF NOT EXISTS pushed_requests (
    tenant TEXT NOT NULL,
    digest BLOB NOT NULL,
    item TEXT NOT NULL,
    consumed_by BLOB,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;
CREATE INDEX IF NOT EXISTS pushed_requests_forget ON pushed_requests (forget_at);

-- Partners to be told of the end of a session, until they know or are given up.
CREATE TABLE IF NOT EXISTS logout_notices (
    tenant TEXT NOT NULL,
    client TEXT NOT NULL,
    session BLOB NOT NULL,
    item TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    leased INTEGER NOT NULL,
    PRIMARY KEY (tenant, client, session)
) STRICT;
CREATE INDEX IF NOT EXISTS logout_notices_due ON logout_notices (due);

CREATE TABLE IF NOT EXISTS device_requests (
    tenant TEXT NOT NULL,
    user_code BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, user_code)
) STRICT;
CREATE INDEX IF NOT EXISTS device_requests_forget ON device_requests (forget_at);
