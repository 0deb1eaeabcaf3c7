use std::collections::HashMap;

use aws_sdk_sns::{Client, types::MessageAttributeValue};
use symbolon::{
    model::IndiaTemplate,
    ports::{PortResult, Unavailable},
    types::{PhoneNumber, Secret},
};

use crate::failure::{Throttled, unavailable};

/// Sends over Amazon SNS.
pub struct Sns(Client);

impl Sns {
    /// Sends with this client.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    pub(super) async fn send(
        &self,
        to: &PhoneNumber,
        text: &Secret<String>,
        sender_id: Option<&str>,
        india: Option<&IndiaTemplate>,
    ) -> PortResult<()> {
        let call = self.0.publish().phone_number(to.as_str()).message(text.expose());
        let attributes = attributes(to, sender_id, india)?;
        let sent = call.set_message_attributes(Some(attributes)).send().await;
        sent.map(drop)
            .map_err(|error| unavailable("sender: sns", Throttled::Uncounted, &error))
    }
}

fn attributes(
    to: &PhoneNumber,
    sender_id: Option<&str>,
    india: Option<&IndiaTemplate>,
) -> PortResult<HashMap<String, MessageAttributeValue>> {
    // Only India's operators ask for these; another country's may refuse what it does not know.
    let india = india.filter(|_| to.country().iso == "IN");
    let attributes = [
        // A code is worth nothing after the marketing messages.
        ("AWS.SNS.SMS.SMSType", Some("Transactional")),
        ("AWS.SNS.SMS.SenderID", sender_id),
        ("AWS.MM.SMS.EntityId", india.map(|india| india.entity_id.as_str())),
        (
            "AWS.MM.SMS.TemplateId",
            india.map(|india| india.template_id.as_str()),
        ),
    ];
    let given = attributes
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    given
        .map(|(name, value)| {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value);
            let value = value.build();
            let value = value.map_err(|_| Unavailable("sender: sns: unwritable attribute".to_owned()))?;
            Ok((name.to_owned(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(to: &str, sender_id: Option<&str>, india: bool) -> Vec<(String, String)> {
        let to = PhoneNumber::try_from(to.to_owned()).unwrap();
        let template = IndiaTemplate {
            entity_id: "1101".to_owned(),
            template_id: "1107".to_owned(),
        };
        let attributes = attributes(&to, sender_id, india.then_some(&template)).unwrap();
        let mut pairs: Vec<_> = attributes
            .into_iter()
            .map(|(name, value)| {
                assert_eq!(value.data_type(), "String");
                (name, value.string_value().unwrap().to_owned())
            })
            .collect();
        pairs.sort();
        pairs
    }

    #[test]
    fn a_message_is_transactional_and_names_its_sender() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let kind = pair("AWS.SNS.SMS.SMSType", "Transactional");
        assert_eq!(sent("+447700900101", None, false), std::slice::from_ref(&kind));
        let name = pair("AWS.SNS.SMS.SenderID", "URBAN");
        assert_eq!(
            sent("+447700900101", Some("URBAN"), true),
            [kind.clone(), name.clone()]
        );
        assert_eq!(
            sent("+919876543210", Some("URBAN"), true),
            [
                pair("AWS.MM.SMS.EntityId", "1101"),
                pair("AWS.MM.SMS.TemplateId", "1107"),
                kind,
                name
            ]
        );
    }
}
