//! Names of things at AWS, as far as a setting can be wrong about them.

/// The resource of `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, if it is one of this service.
pub(super) fn resource<'a>(text: &'a str, service: &str) -> Option<&'a str> {
    let word = |part: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !part.is_empty() && part.bytes().all(plain)
    };
    match *text.split(':').collect::<Vec<_>>() {
        ["arn", partition, of, region, account, resource] => {
            let fits = partition.starts_with("aws")
                && word(partition)
                && of == service
                && word(region)
                && account.len() == 12
                && account.bytes().all(|b| b.is_ascii_digit());
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_/+".contains(&b);
            (fits && resource.bytes().all(plain)).then_some(resource)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::resource;

    #[test]
    fn only_a_whole_arn_of_the_service_has_a_resource() {
        let good = "arn:aws:kms:eu-central-1:123456789012:key/1-a";
        assert_eq!(resource(good, "kms"), Some("key/1-a"));
        assert_eq!(
            resource(&good.replace("aws", "aws-us-gov"), "kms"),
            Some("key/1-a")
        );
        assert_eq!(resource(good, "sns"), None);
        for (from, to) in [
            ("arn", "urn"),
            ("aws", "gcp"),
            ("eu-central-1", ""),
            ("123456789012", "12345678901"),
            ("123456789012", "12345678901x"),
            ("key/1-a", "key/1 a"),
            ("key/1-a", "key:1-a"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_eq!(resource(&bad, "kms"), None, "{bad}");
        }
    }
}
