//! One setup for every AWS client: where, as whom, how long, and whom it trusts.
//!
//! Lambda puts the Region and the role's credentials into the environment of each new process, so there is nothing to
//! search: no profile, no metadata service, no refresh (docs/decisions/0029). Nothing here connects or parses before
//! the first call.

use std::{fmt, sync::OnceLock, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion,
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
    stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};

/// Signed endpoints of AWS chain to one of these and to nothing else. A hundred other authorities would only be time
/// and attack surface.
const ROOTS: &[u8] = include_bytes!("roots/amazon.pem");

/// Longest wait for a connection. Endpoints are in the same Region: a second try finds another host sooner.
const CONNECT: Duration = Duration::from_millis(250);
/// Longest wait for one attempt, connecting included.
const ATTEMPT: Duration = Duration::from_millis(500);
/// Longest wait for a call with all its attempts. A member is waiting.
const OPERATION: Duration = Duration::from_millis(1_500);
/// Longest wait for one attempt of the operator's tool.
const PATIENCE: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;
/// The pause before another attempt begins here, doubles, and is cut by chance.
const BACKOFF: Duration = Duration::from_millis(50);

/// A setting without which no AWS client can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingSetting(&'static str);

impl fmt::Display for MissingSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not set", self.0)
    }
}

impl std::error::Error for MissingSetting {}

/// What all clients of a process share: one configuration, one pool of connections.
#[derive(Debug, Clone)]
pub struct Aws(SdkConfig);

impl Aws {
    /// Reads settings from a lookup.
    ///
    /// | setting | what | mandatory |
    /// |---|---|---|
    /// | `AWS_REGION` | where the tables, the key and the queue are | yes |
    /// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` | the role's credentials | yes |
    /// | `AWS_SESSION_TOKEN` | the third part of a role's credentials | no |
    /// | `AWS_ENDPOINT_URL` | an emulator in place of AWS | no |
    pub fn read(setting: impl Fn(&str) -> Option<String>) -> Result<Self, MissingSetting> {
        let setting = |name| setting(name).filter(|value| !value.is_empty());
        let mandatory = |name| setting(name).ok_or(MissingSetting(name));
        let credentials = Credentials::new(
            mandatory("AWS_ACCESS_KEY_ID")?,
            mandatory("AWS_SECRET_ACCESS_KEY")?,
            setting("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(mandatory("AWS_REGION")?))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(SharedHttpClient::new(FirstUse::default()))
            .timeout_config(timeouts())
            .retry_config(retries())
            // Answers are small and read whole within the attempt's time.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(setting("AWS_ENDPOINT_URL"));
        Ok(Self(config.build()))
    }

    /// The same with time for what nobody waits for: an operator has KMS search for an RSA key.
    #[must_use]
    pub fn patient(self) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(PATIENCE)
            .operation_attempt_timeout(PATIENCE)
            .build();
        Self(self.0.into_builder().timeout_config(timeouts).build())
    }

    /// The same over another HTTP client, for tests that count or break calls on the wire.
    #[must_use]
    pub fn over(self, http: SharedHttpClient) -> Self {
        Self(self.0.into_builder().http_client(http).build())
    }

    /// `DynamoDB`.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.0)
    }

    /// KMS.
    pub fn kms(&self) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::new(&self.0)
    }

    /// SQS.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.0)
    }

    /// SNS.
    pub fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.0)
    }

    /// End User Messaging, SMS and voice v2.
    pub fn end_user_messaging(&self) -> aws_sdk_pinpointsmsvoicev2::Client {
        aws_sdk_pinpointsmsvoicev2::Client::new(&self.0)
    }
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(BACKOFF)
        .with_max_backoff(4 * BACKOFF)
}

/// The one pool of connections, made when the first client sends something: a client that is made and not used costs
/// no TLS setup, and a cold start makes several.
#[derive(Debug, Default)]
struct FirstUse(OnceLock<SharedHttpClient>);

impl HttpClient for FirstUse {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.get_or_init(https).http_connector(settings, components)
    }
}

fn https() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(ROOTS);
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // Nothing in it can fail today; if it ever does, no connection is better than the system's hundred roots.
        Err(error) => unreachable!("a TLS context of embedded roots: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use symbolon::types::Digest;

    use super::*;
    use crate::request_signature::hex;

    /// SHA-256 of each certificate, as <https://www.amazontrust.com/repository/> lists them.
    const FINGERPRINTS: [&str; 5] = [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ];

    fn certificates() -> Vec<Vec<u8>> {
        let pem = std::str::from_utf8(ROOTS).unwrap();
        pem.split("-----BEGIN CERTIFICATE-----")
            .skip(1)
            .map(|block| {
                let body = block.split("-----END").next().unwrap();
                STANDARD
                    .decode(body.split_whitespace().collect::<String>())
                    .unwrap()
            })
            .collect()
    }

    #[test]
    fn the_roots_are_amazons_and_no_others() {
        let found: Vec<String> = certificates()
            .iter()
            .map(|der| hex(Digest::of(der).as_bytes()))
            .collect();
        assert_eq!(found, FINGERPRINTS);
    }

    #[test]
    fn no_root_expires_within_two_years() {
        #[expect(
            clippy::disallowed_methods,
            reason = "certificates end in real time, and this test is the reminder"
        )]
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        let year = 1970 + now.as_secs() / 31_557_600;
        for der in certificates() {
            // Validity (RFC 5280 s4.1.2.5): two UTCTimes of 13 characters, one after the other.
            let at = der
                .windows(17)
                .position(|w| w[..2] == [0x17, 13] && w[15..] == [0x17, 13])
                .unwrap();
            let not_after = std::str::from_utf8(&der[at + 17..at + 19]).unwrap();
            let ends = 2000 + not_after.parse::<u64>().unwrap();
            assert!(ends > year + 2, "a root ends in {ends}");
        }
    }

    #[test]
    fn settings_are_named_when_missing_and_empty_is_missing() {
        let all = |name: &str| Some(format!("x-{name}"));
        assert!(Aws::read(all).is_ok());
        for missing in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            for value in [None, Some(String::new())] {
                let error = Aws::read(|name| if name == missing { value.clone() } else { all(name) });
                assert_eq!(error.err().unwrap().to_string(), format!("{missing} is not set"));
            }
        }
        let bare =
            |name: &str| (name != "AWS_SESSION_TOKEN" && name != "AWS_ENDPOINT_URL").then(|| all(name))?;
        let aws = Aws::read(bare).unwrap();
        assert_eq!(aws.0.endpoint_url(), None);
        assert_eq!(
            Aws::read(all).unwrap().0.endpoint_url(),
            Some("x-AWS_ENDPOINT_URL")
        );
    }

    /// Making a client must not make its connector: that is what a cold start would pay for.
    #[test]
    fn a_client_that_sends_nothing_sets_no_tls_up() {
        let lazy = FirstUse::default();
        lazy.validate_base_client_config(
            &aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder::new("test"),
            &aws_smithy_types::config_bag::ConfigBag::base(),
        )
        .unwrap();
        assert!(lazy.0.get().is_none());
        // And the roots are ones rustls takes: it refuses to build a connector otherwise.
        https()
            .validate_base_client_config(
                &aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder::new("test"),
                &aws_smithy_types::config_bag::ConfigBag::base(),
            )
            .unwrap();
    }

    #[test]
    fn secrets_are_not_printed() {
        let aws = Aws::read(|name| Some(format!("x-{name}"))).unwrap();
        let printed = format!("{aws:?}");
        for secret in ["x-AWS_SECRET_ACCESS_KEY", "x-AWS_SESSION_TOKEN"] {
            assert!(!printed.contains(secret));
        }
    }
}
