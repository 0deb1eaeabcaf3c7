use aws_sdk_pinpointsmsvoicev2::{
    Client,
    operation::send_text_message::builders::SendTextMessageFluentBuilder,
    types::{DestinationCountryParameterKey, MessageType},
};
use symbolon::{
    model::IndiaTemplate,
    ports::PortResult,
    types::{PhoneNumber, Secret},
};

use crate::failure::{Throttled, unavailable};

/// Shortest life the service takes, in seconds.
const SHORTEST: i32 = 5;

/// Sends over AWS End User Messaging SMS.
pub struct EndUserMessaging(Client);

impl EndUserMessaging {
    /// Sends with this client.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// `from` is the origination identity and the configuration set; `left` the seconds after which nobody should get
    /// the message any more.
    pub(super) async fn send(
        &self,
        to: &PhoneNumber,
        text: &Secret<String>,
        from: (&str, Option<&str>),
        india: Option<&IndiaTemplate>,
        left: u64,
    ) -> PortResult<()> {
        let sent = self.call(to, text, from, india, left).send().await;
        sent.map(drop)
            .map_err(|error| unavailable("sender: end-user-messaging", Throttled::Uncounted, &error))
    }

    fn call(
        &self,
        to: &PhoneNumber,
        text: &Secret<String>,
        (origination_identity, configuration_set): (&str, Option<&str>),
        india: Option<&IndiaTemplate>,
        left: u64,
    ) -> SendTextMessageFluentBuilder {
        let call = self
            .0
            .send_text_message()
            .destination_phone_number(to.as_str())
            .origination_identity(origination_identity)
            .set_configuration_set_name(configuration_set.map(str::to_owned))
            .message_body(text.expose())
            .message_type(MessageType::Transactional)
            .time_to_live(i32::try_from(left).unwrap_or(i32::MAX).max(SHORTEST));
        // Only India's operators ask for these.
        match india.filter(|_| to.country().iso == "IN") {
            None => call,
            Some(india) => call
                .destination_country_parameters(DestinationCountryParameterKey::InEntityId, &india.entity_id)
                .destination_country_parameters(
                    DestinationCountryParameterKey::InTemplateId,
                    &india.template_id,
                ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Aws;

    fn sender() -> EndUserMessaging {
        EndUserMessaging::new(Aws::read(|_| Some("x".to_owned())).unwrap().end_user_messaging())
    }

    fn india() -> IndiaTemplate {
        IndiaTemplate {
            entity_id: "1101".to_owned(),
            template_id: "1107".to_owned(),
        }
    }

    #[test]
    fn a_message_says_from_whom_and_until_when() {
        let to = PhoneNumber::try_from("+447700900101".to_owned()).unwrap();
        let text = Secret::new("Your code".to_owned());
        let call = sender().call(&to, &text, ("pool-1", Some("logins")), Some(&india()), 290);
        let input = call.as_input();
        assert_eq!(
            input.get_destination_phone_number().as_deref(),
            Some("+447700900101")
        );
        assert_eq!(input.get_origination_identity().as_deref(), Some("pool-1"));
        assert_eq!(input.get_configuration_set_name().as_deref(), Some("logins"));
        assert_eq!(input.get_message_body().as_deref(), Some("Your code"));
        assert_eq!(input.get_message_type(), &Some(MessageType::Transactional));
        assert_eq!(input.get_time_to_live(), &Some(290));
        assert_eq!(input.get_destination_country_parameters(), &None);
        let last = sender().call(&to, &text, ("pool-1", None), None, 1);
        assert_eq!(last.as_input().get_time_to_live(), &Some(SHORTEST));
    }

    #[test]
    fn indias_operators_get_their_registrations() {
        let to = PhoneNumber::try_from("+919876543210".to_owned()).unwrap();
        let text = Secret::new("Your code".to_owned());
        let call = sender().call(&to, &text, ("URBAN", None), Some(&india()), 300);
        let parameters = call
            .as_input()
            .get_destination_country_parameters()
            .clone()
            .unwrap();
        assert_eq!(parameters[&DestinationCountryParameterKey::InEntityId], "1101");
        assert_eq!(parameters[&DestinationCountryParameterKey::InTemplateId], "1107");
    }
}
