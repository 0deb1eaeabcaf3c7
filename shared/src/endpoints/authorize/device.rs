//! A device's request on its way: who decides is signed in and asked, each time anew, and what she decides is written
//! where the device will ask (RFC 8628 s3.3).

use super::{answer, errand::Errands};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        end_session::CONSENT_HOLDS,
        lost_answer::once_more,
        page_fault::PageFault,
        session_cookie::SessionCookie,
        transaction_cookie::Transactions,
    },
    model::{
        AskingDevice, DeviceApproval, DeviceOutcome, DeviceVisit, Errand, GrantType, SignedIn, Stage,
        Transaction,
    },
    pages::ErrorCause,
    types::{ClientId, Digest, GrantId, IssueId, Scope, ScopeSet},
    wire::{Response, metadata::path, respond},
};

impl Errands<'_> {
    pub(super) async fn device(
        &self,
        transaction: Transaction,
        visit: DeviceVisit,
    ) -> Result<Response, PageFault> {
        let DeviceVisit::Asking(device) = visit else {
            return Ok(respond::see_other(&transaction.link(path::DEVICE)));
        };
        let tenant = self.browser.tenant;
        let gone = || {
            PageFault::new(
                ErrorCause::InvalidClient,
                "the client is no longer registered for devices",
            )
        };
        let client = self.ports.registry.client(&tenant.id, &device.client).await?;
        client
            .filter(|client| client.may(GrantType::DeviceCode))
            .ok_or_else(gone)?;
        let cookie = SessionCookie::read(self.browser.keyring, tenant, self.browser.headers);
        let hers = |who: &SignedIn| cookie.as_ref().is_some_and(|c| c.is_of(who));
        match &transaction.stage {
            Stage::Consented {
                who,
                grant,
                scope,
                at,
            } if hers(who) && self.browser.now.seconds_since(*at) <= CONSENT_HOLDS => {
                let issue = issue_of(&transaction, &device);
                let approval = approval(&device, who, *grant, scope, issue);
                return self.decided(transaction, device, Some(approval)).await;
            }
            Stage::Denied { who } if hers(who) => return self.decided(transaction, device, None).await,
            _ => {}
        }
        let Some(present) = self.present(cookie.as_ref(), &transaction.stage).await? else {
            // A code on its way stays on its way: she may only have pressed "back".
            let stage = match transaction.stage {
                Stage::Code { .. } => transaction.stage.clone(),
                _ => Stage::Phone { choose: false },
            };
            return self.leave_to(path::LOGIN, transaction, stage);
        };
        // Asked though all of it may be remembered: whose device it is, no consent of old can know.
        let member = &present.who.member;
        let grant = self.ports.grants.get(&tenant.id, member, &device.client).await?;
        let stage = Stage::Consent {
            who: present.who,
            asked: to_ask(&device.scope),
            seen: grant.map(|g| g.version),
            by: present.by,
        };
        self.leave_to(path::CONSENT, transaction, stage)
    }

    /// Writes down what she decided, and shows it. `None`: she said no.
    async fn decided(
        &self,
        transaction: Transaction,
        device: AskingDevice,
        approval: Option<DeviceApproval>,
    ) -> Result<Response, PageFault> {
        let (tenant, now, keyring) = (self.browser.tenant, self.browser.now, self.browser.keyring);
        let index = keyring.user_code_index(&tenant.id, &device.user_code);
        let decide = || {
            self.ports
                .devices
                .decide(&tenant.id, &index, approval.as_ref(), now)
        };
        let outcome = match (once_more(decide).await?, &approval) {
            (true, Some(_)) => DeviceOutcome::Allowed,
            (true, None) => DeviceOutcome::Denied,
            (false, _) => DeviceOutcome::TooLate,
        };
        let event = match outcome {
            DeviceOutcome::Allowed => Some(AuditEvent::DeviceAllowed),
            DeviceOutcome::Denied => Some(AuditEvent::DeviceDenied),
            DeviceOutcome::TooLate => None,
        };
        if let (Some(event), Stage::Consented { who, .. } | Stage::Denied { who }) =
            (event, &transaction.stage)
        {
            audit::line(event, tenant)
                .client(&device.client)
                .subject(keyring, &who.member)
                .write();
        }
        Ok(ended(self.browser, transaction, device.client, outcome))
    }
}

fn approval(
    device: &AskingDevice,
    who: &SignedIn,
    grant: GrantId,
    scope: &ScopeSet,
    issue: IssueId,
) -> DeviceApproval {
    DeviceApproval {
        member: who.member.clone(),
        grant,
        issue,
        session: who.session,
        scope: scope.clone(),
        resources: device.resources.clone(),
        authentication: who.authentication.clone(),
    }
}

/// Names what comes of her answer at this visit: who presses twice says the same, and is told the same. It is as random
/// as the transaction's name, and stands in sealed tokens only, so it needs no key.
fn issue_of(transaction: &Transaction, device: &AskingDevice) -> IssueId {
    let answered = format!("{} {}", transaction.id, device.user_code);
    IssueId::from_bytes(Digest::of(answered.as_bytes()).half())
}

/// Sends her to the page that says how a device's request ended, and keeps that for her return.
pub(in crate::endpoints) fn ended(
    browser: &Transactions<'_>,
    transaction: Transaction,
    client: ClientId,
    outcome: DeviceOutcome,
) -> Response {
    let ended = DeviceVisit::Ended { client, outcome };
    let transaction = Transaction {
        errand: Errand::Device(Box::new(ended)),
        ..transaction
    };
    let onward = respond::see_other(&transaction.link(path::DEVICE));
    answer::finish(browser, transaction, onward)
}

/// All of it, but `openid`, which says nothing a member could weigh, only where it is all there is.
fn to_ask(scope: &ScopeSet) -> ScopeSet {
    let telling: ScopeSet = scope
        .iter()
        .filter(|s| s.as_str() != Scope::OPENID)
        .cloned()
        .collect();
    if telling.is_empty() {
        scope.clone()
    } else {
        telling
    }
}
