-- One table a kind of item, the tenant first in every key: nothing of one brand is found under another.
-- `item` is the stored type as JSON; beside it stand only keys, what one call alone changes, and when to forget it.

CREATE TABLE numbers (
    tenant TEXT NOT NULL,
    number BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT;
CREATE INDEX numbers_forget ON numbers (forget_at);

CREATE TABLE addresses (
    tenant TEXT NOT NULL,
    address BLOB NOT NULL,
    requests INTEGER NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, address)
) STRICT;
CREATE INDEX addresses_forget ON addresses (forget_at);

CREATE TABLE sessions (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    secret BLOB NOT NULL,
    id BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, member, secret)
) STRICT;
CREATE INDEX sessions_forget ON sessions (forget_at);

-- Consents are proof: they are never forgotten.
CREATE TABLE grants (
    tenant TEXT NOT NULL,
    member TEXT NOT NULL,
    client TEXT NOT NULL,
    item TEXT NOT NULL,
    tainted TEXT NOT NULL,
    PRIMARY KEY (tenant, member, client)
) STRICT;

CREATE TABLE codes (
    tenant TEXT NOT NULL,
    digest BLOB NOT NULL,
    item TEXT NOT NULL,
    redeemed_by BLOB,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;
CREATE INDEX codes_forget ON codes (forget_at);

CREATE TABLE refresh_families (
    tenant TEXT NOT NULL,
    family BLOB NOT NULL,
    item TEXT NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, family)
) STRICT;
CREATE INDEX refresh_families_forget ON refresh_families (forget_at);

CREATE TABLE assertions (
    tenant TEXT NOT NULL,
    key BLOB NOT NULL,
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT;
CREATE INDEX assertions_forget ON assertions (forget_at);
