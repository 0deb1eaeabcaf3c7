//! A brand made for this: many members, and limits that one machine asking for everybody does not meet.

use crate::journey::{CALLBACK, Partner, SCOPE};

/// Members, with the numbers reserved for fiction.
pub(super) const MEMBERS: usize = 1_000;
/// Partner apps. A member's first sign-in is one for each of them.
pub(super) const CLIENTS: usize = 8;
/// The name of the one tenant.
pub(super) const TENANT: &str = "bench";
/// The issuer's host, without its port.
pub(super) const HOST: &str = "auth.bench.localhost";
/// The secret of every partner.
const SECRET: &str = "a-secret-of-the-benchmark";
const BRAND: &str = include_str!("../../bench.toml");

pub(super) fn partner(index: usize) -> Partner {
    Partner {
        client: format!("partner-{index}"),
        secret: SECRET.to_owned(),
    }
}

pub(super) fn number(member: usize) -> String {
    format!("+447700900{member:03}")
}

/// The file the server is started with.
pub(super) fn text() -> String {
    let mut text = BRAND.to_owned();
    let scopes = SCOPE
        .split(' ')
        .map(|scope| format!("\"{scope}\""))
        .collect::<Vec<_>>()
        .join(", ");
    for index in 0..CLIENTS {
        let id = partner(index).client;
        let section = format!(
            "\n[tenants.{TENANT}.clients.{id}]\nname = \"Partner {index}\"\nclient_secret = \"{SECRET}\"\n\
             redirect_uris = [\"{CALLBACK}\"]\nsector = \"{id}.localhost\"\n\
             scopes = [{scopes}]\n"
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
