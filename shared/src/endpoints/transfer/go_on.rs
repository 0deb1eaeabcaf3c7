//! Her answer. What it rests on is looked at again, the session it replaces ends, and the token is used up; only then a
//! session begins.

use http::Method;

use super::{Question, Step, Transfer, onward};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        end_session::Endings,
        lost_answer::once_more,
        page_fault::PageFault,
        session_cookie::{self, SessionCookie},
        transfer_token,
        user_agent::device,
    },
    model::{Errand, GrantType, Member, Session, Stage, Transaction, TransferVisit},
    pages::ErrorCause,
    ports::FirstUse,
    types::{Digest, Secret, SessionId},
    wire::{Response, metadata::path, respond},
};

impl Transfer {
    pub(super) async fn decide(
        &self,
        step: &Step<'_>,
        question: &Question<'_>,
    ) -> Result<Response, PageFault> {
        match step.params.get("decision") {
            Some("continue") => self.go_on(step, question).await,
            Some("no") => {
                // Nobody else's either. Used before or not, it is now.
                self.use_up(step, question).await?;
                if let Some(line) = self.refused(step, question) {
                    line.because("declined").write();
                }
                let page = respond::see_other(&step.transaction.link(path::SESSION_TRANSFER));
                ended(step, false, page)
            }
            _ => Err(PageFault::new(
                ErrorCause::InvalidRequest,
                "the form holds no decision",
            )),
        }
    }

    async fn go_on(&self, step: &Step<'_>, question: &Question<'_>) -> Result<Response, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        let here = self.here(step).await?;
        // Hers already, and she proved who she is no earlier: it stays as it is.
        let is_kept = here.as_ref().is_some_and(|here| {
            here.member == question.transfer.member
                && here.authentication.auth_time >= question.transfer.authentication.auth_time
        });
        let secret = self
            .keyring
            .transferred_secret(&tenant.id, question.token, &step.transaction.id);
        if transfer_token::was_used(&*self.assertions, tenant, question.token, now).await? {
            return self.again(step, question, is_kept, &secret).await;
        }
        let member = self.member(step, question).await?;
        if is_kept {
            return match self.use_up(step, question).await? {
                FirstUse::Yes => ended(step, true, onward(step)),
                FirstUse::No => Err(self.used(step, question)),
            };
        }
        // Before the token is used up: if this fails, the same page still works.
        let endings = Endings {
            registry: &*self.registry,
            sessions: &*self.sessions,
            grants: &*self.grants,
            notices: &*self.notices,
        };
        let fresh = SessionId::from_bytes(self.random.bytes());
        let id = endings
            .succeed(&self.keyring, tenant, here, &member.id, fresh, now)
            .await?;
        if self.use_up(step, question).await? == FirstUse::No {
            return Err(self.used(step, question));
        }
        let session = session(step, question, id, &secret);
        // The token is used up by now, so a store that stumbles gets a second chance; writing twice is writing once.
        once_more(|| self.sessions.create(&tenant.id, &session)).await?;
        audit::line(AuditEvent::SessionTransferred, tenant)
            .client(&question.transfer.app)
            .subject(&self.keyring, &member.id)
            .write();
        self.signed_in(step, &member, &secret)
    }

    /// The same step once more: its answer was lost, or she pressed twice. The session is there, or hers was already;
    /// otherwise it was somebody else who used the token.
    async fn again(
        &self,
        step: &Step<'_>,
        question: &Question<'_>,
        is_kept: bool,
        secret: &Secret<[u8; 32]>,
    ) -> Result<Response, PageFault> {
        let tenant = step.tenant();
        let (member, digest) = (&question.transfer.member, Digest::of(secret.expose()));
        let made = self
            .sessions
            .get(&tenant.id, member, &digest, step.browser.now)
            .await?;
        if made.is_some() {
            let member = self.member(step, question).await?;
            return self.signed_in(step, &member, secret);
        }
        if is_kept {
            return ended(step, true, onward(step));
        }
        Err(self.used(step, question))
    }

    /// Whom it is about, while all that it rests on stands: the app and what it was given, her consent and herself.
    pub(super) async fn member(&self, step: &Step<'_>, question: &Question<'_>) -> Result<Member, PageFault> {
        let (tenant, now, transfer) = (step.tenant(), step.browser.now, question.transfer);
        let refused = |why: &'static str| {
            if let Some(line) = self.refused(step, question) {
                line.because("gone").write();
            }
            step.fault(ErrorCause::TransferRefused, why)
        };
        if question.until.is_past(now) {
            if let Some(line) = self.refused(step, question) {
                line.because("expired").write();
            }
            return Err(step.fault(ErrorCause::TransferExpired, "answered too late"));
        }
        if transfer.session_ends(tenant.policy.session.absolute).is_past(now) {
            return Err(refused("a session that began then is over"));
        }
        let (app, line, grant, member) = futures_util::try_join!(
            self.registry.client(&tenant.id, &transfer.app),
            self.families.get(&tenant.id, &transfer.family, now),
            self.grants.get(&tenant.id, &transfer.member, &transfer.app),
            self.members.by_id(&tenant.id, &transfer.member),
        )?;
        if !app.is_some_and(|app| app.may(GrantType::TokenExchange)) {
            return Err(refused("the app may not do this any more"));
        }
        if line.is_none_or(|line| line.family.client != transfer.app) {
            return Err(refused("the app's refresh token is revoked or expired"));
        }
        if !grant.is_some_and(|g| g.honours(transfer.grant, transfer.issue, None, now)) {
            return Err(refused("the consent to the app no longer stands"));
        }
        member
            .filter(Member::is_active)
            .ok_or_else(|| refused("the member cannot sign in"))
    }

    /// The session this browser is in.
    async fn here(&self, step: &Step<'_>) -> Result<Option<Session>, PageFault> {
        let tenant = step.tenant();
        let Some(cookie) = SessionCookie::read(&self.keyring, tenant, step.browser.headers) else {
            return Ok(None);
        };
        Ok(cookie.session(&*self.sessions, tenant, step.browser.now).await?)
    }

    async fn use_up(&self, step: &Step<'_>, question: &Question<'_>) -> Result<FirstUse, PageFault> {
        let (token, until, now) = (question.token, question.until, step.browser.now);
        Ok(transfer_token::use_up(&*self.assertions, step.tenant(), token, until, now).await?)
    }

    fn signed_in(
        &self,
        step: &Step<'_>,
        member: &Member,
        secret: &Secret<[u8; 32]>,
    ) -> Result<Response, PageFault> {
        let tenant = step.tenant();
        let cookie = session_cookie::set(&self.keyring, tenant, &member.id, secret, &member.number);
        let response = ended(step, true, onward(step))?;
        Ok(respond::with_cookies(response, cookie))
    }

    pub(super) fn used(&self, step: &Step<'_>, question: &Question<'_>) -> PageFault {
        if let Some(line) = self.refused(step, question) {
            line.because("used").write();
        }
        step.fault(ErrorCause::TransferUsed, "the transfer was used before")
    }

    /// A line of the trail of an answer that came to nothing. A look at the page is no answer, and is not told.
    fn refused<'a>(&self, step: &'a Step<'_>, question: &'a Question<'_>) -> Option<audit::Line<'a>> {
        let answered = step.request.method() == Method::POST;
        answered.then(|| {
            audit::line(AuditEvent::TransferRefused, step.tenant())
                .client(&question.transfer.app)
                .subject(&self.keyring, &question.transfer.member)
        })
    }
}

/// What came of the app's session: it began when she signed in there, and ends by the brand's rule from then on.
fn session(step: &Step<'_>, question: &Question<'_>, id: SessionId, secret: &Secret<[u8; 32]>) -> Session {
    let (policy, now) = (step.tenant().policy.session, step.browser.now);
    Session {
        id,
        secret: Digest::of(secret.expose()),
        member: question.transfer.member.clone(),
        authentication: question.transfer.authentication.clone(),
        last_seen: now,
        idle_expires_at: now + policy.idle,
        expires_at: question.transfer.session_ends(policy.absolute),
        device: device(step.request.headers()),
    }
}

/// Leaves the outcome in place of the question, so that a reload or the back button finds it.
fn ended(step: &Step<'_>, went_on: bool, response: Response) -> Result<Response, PageFault> {
    let ended = TransferVisit::Ended {
        partner: step.transaction.errand.client().cloned(),
        went_on,
    };
    let transaction = Transaction {
        errand: Errand::Transfer(Box::new(ended)),
        stage: Stage::Finished,
        ..step.transaction.clone()
    };
    Ok(respond::with_cookies(response, step.browser.save(&transaction)?))
}
