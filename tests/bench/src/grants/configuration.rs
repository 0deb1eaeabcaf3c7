//! A brand made for this: many members, and limits that one machine asking for everybody does not meet.

/// Members, with the numbers reserved for fiction.
pub(super) const MEMBERS: usize = 1_000;
/// Partner apps. A member's first sign-in is one for each of them.
pub(super) const CLIENTS: usize = 8;
/// The name of the one tenant.
pub(super) const TENANT: &str = "bench";
/// The issuer's host, without its port.
pub(super) const HOST: &str = "auth.bench.localhost";
/// Where a partner waits for its answer. Nobody listens there; a browser of ours stops before it.
pub(super) const CALLBACK: &str = "http://127.0.0.1:3999/callback";
/// The secret of every partner.
pub(super) const SECRET: &str = "a-secret-of-the-benchmark";
/// What every partner asks for: all three tokens.
pub(super) const SCOPE: &str = "openid profile offline_access";

const BRAND: &str = include_str!("../../bench.toml");

pub(super) fn client(index: usize) -> String {
    format!("partner-{index}")
}

pub(super) fn number(member: usize) -> String {
    format!("+447700900{member:03}")
}

/// The file the server is started with.
pub(super) fn text() -> String {
    let mut text = BRAND.to_owned();
    for index in 0..CLIENTS {
        let id = client(index);
        let section = format!(
            "\n[tenants.{TENANT}.clients.{id}]\nname = \"Partner {index}\"\nclient_secret = \"{SECRET}\"\n\
             redirect_uris = [\"{CALLBACK}\"]\nsector = \"{id}.localhost\"\n\
             scopes = [\"openid\", \"profile\", \"offline_access\"]\n"
        );
        text.push_str(&section);
    }
    for index in 0..MEMBERS {
        let section = format!(
            "\n[[tenants.{TENANT}.members]]\nid = \"member-{index}\"\nnumber = \"{}\"\n\
             profile = {{ name = \"Member Number {index}\", given_name = \"Member\", locale = \"en-GB\" }}\n",
            number(index)
        );
        text.push_str(&section);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_has_a_number_of_twelve_digits() {
        assert_eq!(number(0), "+447700900000");
        assert_eq!(number(MEMBERS - 1), "+447700900999");
        assert_eq!(text().matches("[[tenants.bench.members]]").count(), MEMBERS);
        assert_eq!(text().matches("[tenants.bench.clients.").count(), CLIENTS);
    }
}
