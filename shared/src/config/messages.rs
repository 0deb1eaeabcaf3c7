//! Who carries text messages: one sender, with exactly what it needs.

use super::{
    arn, connector,
    declaration::{MessagesDeclaration, SenderDeclaration},
    hidden::Secrecy,
    setting::{ConfigError, Setting},
};
use crate::{
    model::{IndiaTemplate, Issuer, MessageSender},
    types::Country,
};
use SenderDeclaration::{EndUserMessaging, Sns, Webhook};

pub(super) fn validate(
    at: &Setting,
    declared: MessagesDeclaration,
    countries: &[&'static Country],
    secrecy: Secrecy<'_>,
    issuer: &Issuer,
) -> Result<MessageSender, ConfigError> {
    let sender = declared.sender.unwrap_or(Sns);
    nothing_in_vain(at, &declared, sender)?;
    let needed = |setting: &str| {
        at.key(setting)
            .refused(format!("is missing; {} needs it", sender.name()))
    };
    let india = india(at, &declared, countries)?;
    Ok(match sender {
        Sns => {
            if let Some(name) = &declared.sender_id {
                sender_id(&at.key("sender_id"), name)?;
            }
            MessageSender::Sns {
                sender_id: declared.sender_id,
                india,
            }
        }
        EndUserMessaging => {
            let identity = declared
                .origination_identity
                .ok_or_else(|| needed("origination_identity"))?;
            origin(&at.key("origination_identity"), &identity)?;
            if let Some(set) = &declared.configuration_set {
                name_or_arn(&at.key("configuration_set"), set)?;
            }
            MessageSender::EndUserMessaging {
                origination_identity: identity,
                configuration_set: declared.configuration_set,
                india,
            }
        }
        Webhook => {
            let url = declared.url.ok_or_else(|| needed("url"))?;
            let secret = declared.secret.ok_or_else(|| needed("secret"))?;
            MessageSender::Webhook(connector::validate(at, &url, &secret, secrecy, issuer)?)
        }
    })
}

impl SenderDeclaration {
    const fn name(self) -> &'static str {
        match self {
            Sns => "sns",
            EndUserMessaging => "end-user-messaging",
            Webhook => "webhook",
        }
    }
}

/// What a sender does not read is a misunderstanding.
fn nothing_in_vain(
    at: &Setting,
    declared: &MessagesDeclaration,
    sender: SenderDeclaration,
) -> Result<(), ConfigError> {
    let amazons = [Sns, EndUserMessaging];
    let settings: [(&str, bool, &[SenderDeclaration]); 7] = [
        ("sender_id", declared.sender_id.is_some(), &[Sns]),
        (
            "origination_identity",
            declared.origination_identity.is_some(),
            &[EndUserMessaging],
        ),
        (
            "configuration_set",
            declared.configuration_set.is_some(),
            &[EndUserMessaging],
        ),
        ("entity_id", declared.entity_id.is_some(), &amazons),
        ("template_id", declared.template_id.is_some(), &amazons),
        ("url", declared.url.is_some(), &[Webhook]),
        ("secret", declared.secret.is_some(), &[Webhook]),
    ];
    for (setting, given, readers) in settings {
        let cause = format!("is of no use with {}", sender.name());
        at.key(setting)
            .require(!given || readers.contains(&sender), cause)?;
    }
    Ok(())
}

/// Both or neither: an operator in India drops a message that has one of them.
fn india(
    at: &Setting,
    declared: &MessagesDeclaration,
    countries: &[&'static Country],
) -> Result<Option<IndiaTemplate>, ConfigError> {
    let ids = [
        ("entity_id", &declared.entity_id),
        ("template_id", &declared.template_id),
    ];
    let served = countries.iter().any(|country| country.iso == "IN");
    for (setting, id) in ids {
        let Some(id) = id else { continue };
        let at = at.key(setting);
        at.require(served, "is for India, which `countries` does not list")?;
        let digits = (1..=50).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        at.require(digits, "is not a number of 1 to 50 digits")?;
    }
    match (&declared.entity_id, &declared.template_id) {
        (None, None) => Ok(None),
        (Some(entity_id), Some(template_id)) => Ok(Some(IndiaTemplate {
            entity_id: entity_id.clone(),
            template_id: template_id.clone(),
        })),
        (None, Some(_)) => Err(at.key("entity_id").refused("is missing; `template_id` is there")),
        (Some(_), None) => Err(at.key("template_id").refused("is missing; `entity_id` is there")),
    }
}

/// What SNS takes as `AWS.SNS.SMS.SenderID`.
fn sender_id(at: &Setting, text: &str) -> Result<(), ConfigError> {
    let fits = (3..=11).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_alphabetic());
    at.require(fits, "is not 3 to 11 letters and digits with a letter among them")
}

/// By ARN, because permission to send from it is given by ARN.
fn origin(at: &Setting, text: &str) -> Result<(), ConfigError> {
    let kinds = ["phone-number/", "pool/", "sender-id/"];
    let resource = arn::resource(text, "sms-voice");
    let known = resource.is_some_and(|resource| kinds.iter().any(|kind| resource.starts_with(kind)));
    at.require(
        known,
        "is not the ARN of a phone number, pool or sender id, arn:aws:sms-voice:REGION:ACCOUNT:pool/ID",
    )
}

fn name_or_arn(at: &Setting, text: &str) -> Result<(), ConfigError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_:/-".contains(&b);
    let fits = (1..=256).contains(&text.len()) && text.bytes().all(plain);
    at.require(fits, "is neither a name nor an ARN")
}
