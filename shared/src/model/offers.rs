use serde::{Deserialize, Serialize};

use super::{Client, GrantType, SubjectType};

/// What the clients of a tenant are registered for, taken together: its metadata speaks of that and of nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offers {
    /// `grant_types`.
    pub grants: Vec<GrantType>,
    /// `token_endpoint_auth_method`.
    pub methods: Vec<String>,
    /// `subject_type`.
    pub subjects: Vec<SubjectType>,
}

impl Offers {
    /// Of these clients.
    pub fn of(clients: &[Client]) -> Self {
        let mut offers = Self::default();
        for client in clients {
            for grant in &client.grant_types {
                add(&mut offers.grants, *grant);
            }
            add(&mut offers.methods, client.authentication.method().to_owned());
            add(&mut offers.subjects, client.subject_type);
        }
        offers
    }

    /// `grant_types_supported`.
    pub fn grants(&self) -> Vec<&'static str> {
        let all = [
            (GrantType::AuthorizationCode, "authorization_code"),
            (GrantType::RefreshToken, "refresh_token"),
            (GrantType::ClientCredentials, "client_credentials"),
            (
                GrantType::DeviceCode,
                "urn:ietf:params:oauth:grant-type:device_code",
            ),
            (
                GrantType::TokenExchange,
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ),
        ];
        let theirs = all.into_iter().filter(|(grant, _)| self.grants.contains(grant));
        theirs.map(|(_, name)| name).collect()
    }

    /// Whether there are devices among them (RFC 8628).
    pub fn devices(&self) -> bool {
        self.grants.contains(&GrantType::DeviceCode)
    }

    /// `subject_types_supported`, which no document may leave out: without clients it is what a client gets.
    pub fn subjects(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.subjects.contains(&SubjectType::Pairwise) || self.subjects.is_empty() {
            names.push("pairwise");
        }
        if self.subjects.contains(&SubjectType::Public) {
            names.push("public");
        }
        names
    }

    /// `token_endpoint_auth_methods_supported`.
    pub fn methods(&self) -> Vec<&str> {
        let mut methods: Vec<_> = self.methods.iter().map(String::as_str).collect();
        methods.sort_unstable();
        methods
    }

    /// The same where a public client may not call.
    pub fn proven(&self) -> Vec<&str> {
        let mut methods = self.methods();
        methods.retain(|method| *method != "none");
        methods
    }

    /// Whether any of them signs assertions, and algorithms for that are to be named (RFC 8414 s2).
    pub fn assertions(&self) -> bool {
        self.methods.iter().any(|method| method == "private_key_jwt")
    }
}

fn add<T: PartialEq>(to: &mut Vec<T>, one: T) {
    if !to.contains(&one) {
        to.push(one);
    }
}
