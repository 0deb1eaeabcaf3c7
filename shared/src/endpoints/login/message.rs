//! The text message: short, GSM-7, and bound to the brand's domain by its last line.

use crate::{model::Tenant, types::Secret};

/// The message for a code. The last line is what browsers read (origin-bound one-time codes): one `@`, the host,
/// one space, `#` and the code, nothing before and nothing after.
pub(super) fn text(tenant: &Tenant, code: &Secret<String>) -> Secret<String> {
    let (brand, code, host) = (&tenant.brand.name, code.expose(), tenant.issuer.host());
    Secret::new(format!(
        "{code} is your {brand} code. Do not share it with anyone.\n\n@{host} #{code}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::testing;

    #[test]
    fn the_last_line_is_bound_to_the_domain_and_one_message_is_enough() {
        let text = text(&testing::tenant(), &Secret::new("012345".to_owned()));
        assert_eq!(
            text.expose().lines().last(),
            Some("@auth.brand.localhost #012345")
        );
        assert!(text.expose().len() <= 160 && text.expose().is_ascii());
    }
}
