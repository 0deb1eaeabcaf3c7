use super::Connector;

/// Who carries a tenant's text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageSender {
    /// Amazon SNS.
    Sns {
        /// The sender's name on the phone, where a country has such names.
        sender_id: Option<String>,
        /// What India asks for.
        india: Option<IndiaTemplate>,
    },
    /// AWS End User Messaging SMS.
    EndUserMessaging {
        /// ARN of the number, pool or sender id to send from.
        origination_identity: String,
        /// Name or ARN of the configuration set that takes its events.
        configuration_set: Option<String>,
        /// What India asks for.
        india: Option<IndiaTemplate>,
    },
    /// The brand's own gateway.
    Webhook(Connector),
}

impl Default for MessageSender {
    fn default() -> Self {
        Self::Sns {
            sender_id: None,
            india: None,
        }
    }
}

/// Registration of sender and text with India's operators (TRAI's TCCCPR 2018): without both, messages go abroad's
/// way, dearer and later. Digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndiaTemplate {
    /// Principal entity id.
    pub entity_id: String,
    /// Content template id.
    pub template_id: String,
}
