//! Going on with a transaction: load what its stage needs, decide, and carry the decision out.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Authorize,
    answer::{self, Answers, Way},
    decide::{Known, Next, decide},
    pushed,
};
use crate::{
    endpoints::{
        audit::{self, AuditEvent},
        end_session::CONSENT_HOLDS,
        page_fault::PageFault,
        session_cookie::SessionCookie,
        transaction_cookie::Transactions,
        visit,
    },
    model::{
        AuthorizationCode, AuthorizationRequest, Client, Grant, Presence, Session, SignedIn, Stage,
        Transaction,
    },
    pages::ErrorCause,
    ports::PortResult,
    types::{Digest, GrantId, IssueId, ScopeSet, Secret},
    wire::{Response, metadata::path, respond},
};

/// One browser at the authorization endpoint.
pub(super) struct Errands<'a> {
    pub(super) ports: &'a Authorize,
    pub(super) browser: &'a Transactions<'a>,
}

/// Who is there, and how we know.
pub(super) struct Present {
    pub(super) who: SignedIn,
    pub(super) by: Presence,
}

impl Errands<'_> {
    /// A member's own visit: signed in by now, she goes to her account.
    pub(super) fn account(&self, transaction: Transaction) -> Result<Response, PageFault> {
        match transaction.stage {
            Stage::Present { .. } | Stage::Finished => Ok(answer::finish(
                self.browser,
                transaction,
                respond::see_other(path::ACCOUNT),
            )),
            _ => self.leave_to(path::LOGIN, transaction, Stage::Phone { choose: false }),
        }
    }

    /// A partner's request. `kept` says whether the browser holds the transaction already.
    pub(super) async fn authorization(
        &self,
        transaction: Transaction,
        request: AuthorizationRequest,
        kept: bool,
    ) -> Result<Response, PageFault> {
        let tenant = self.browser.tenant;
        let client = self.ports.registry.client(&tenant.id, &request.client).await?;
        if transaction.stage == Stage::Finished {
            return Err(PageFault::finished(
                client.as_deref(),
                "the answer was given before",
            ));
        }
        let (client, request) = still_registered(client, request)?;
        let cookie = SessionCookie::read(self.browser.keyring, tenant, self.browser.headers);
        if let Stage::Consented {
            who,
            grant,
            scope,
            at,
        } = transaction.stage.clone()
            && self.browser.now.seconds_since(at) <= CONSENT_HOLDS
            && cookie.as_ref().is_some_and(|c| c.is_of(&who))
        {
            return self.issue(transaction, &request, who, grant, scope, kept).await;
        }
        let present = self.present(cookie.as_ref(), &transaction.stage).await?;
        let grant = match &present {
            Some(p) => {
                self.ports
                    .grants
                    .get(&tenant.id, &p.who.member, &request.client)
                    .await?
            }
            None => None,
        };
        let known = self.known(&client, present.as_ref(), grant.as_ref());
        let by = known.by;
        match decide(&request, tenant, known, self.browser.now) {
            Next::Login { choose } => {
                // A code on its way stays on its way: she may only have pressed "back".
                let stage = match transaction.stage {
                    Stage::Code { .. } => transaction.stage.clone(),
                    _ => Stage::Phone { choose },
                };
                self.leave_to(path::LOGIN, transaction, stage)
            }
            Next::Consent { who, asked } => {
                let seen = grant.map(|g| g.version);
                self.leave_to(
                    path::CONSENT,
                    transaction,
                    Stage::Consent { who, asked, seen, by },
                )
            }
            Next::Issue { who, grant, scope }
                if by == Presence::Remembered || self.lives(cookie.as_ref(), &who).await? =>
            {
                self.issue(transaction, &request, who, grant, scope, kept).await
            }
            Next::Issue { .. } => self.leave_to(path::LOGIN, transaction, Stage::Phone { choose: false }),
            Next::Refuse(fault) => {
                self.end(&transaction, &request).await?;
                let refusal = self.answers(&transaction).refusal(&Way::back(&request), &fault);
                Ok(if kept {
                    answer::finish(self.browser, transaction, refusal)
                } else {
                    refusal
                })
            }
        }
    }

    /// Who is signed in: from this transaction if she signed in here, otherwise from the session behind her cookie.
    pub(super) async fn present(
        &self,
        cookie: Option<&SessionCookie>,
        stage: &Stage,
    ) -> Result<Option<Present>, PageFault> {
        let Some(cookie) = cookie else { return Ok(None) };
        if let Stage::Present { who, by } | Stage::Consent { who, by, .. } = stage
            && *by != Presence::Remembered
            && cookie.is_of(who)
        {
            return Ok(Some(Present {
                who: who.clone(),
                by: *by,
            }));
        }
        let (tenant, now) = (self.browser.tenant, self.browser.now);
        let Some(session) = cookie.session(&*self.ports.sessions, tenant, now).await? else {
            return Ok(None);
        };
        self.touch(&session).await?;
        Ok(Some(Present {
            who: SignedIn::from(&session),
            by: Presence::Remembered,
        }))
    }

    /// Moves the idle end, but only when an eighth of it has passed: most visits write nothing.
    async fn touch(&self, session: &Session) -> Result<(), PageFault> {
        let (tenant, now) = (self.browser.tenant, self.browser.now);
        let idle = tenant.policy.session.idle;
        if now.seconds_since(session.last_seen) > idle / 8 {
            self.ports
                .sessions
                .touch(&tenant.id, &session.member, &session.secret, now, now + idle)
                .await?;
        }
        Ok(())
    }

    /// Whether the session she goes on in is still hers and alive.
    async fn lives(&self, cookie: Option<&SessionCookie>, who: &SignedIn) -> Result<bool, PageFault> {
        match cookie.filter(|c| c.is_of(who)) {
            Some(cookie) => {
                let session = cookie
                    .session(&*self.ports.sessions, self.browser.tenant, self.browser.now)
                    .await?;
                Ok(session.is_some())
            }
            None => Ok(false),
        }
    }

    fn known<'g>(&self, client: &Client, present: Option<&Present>, grant: Option<&'g Grant>) -> Known<'g> {
        let (tenant, keyring) = (self.browser.tenant, self.browser.keyring);
        Known {
            who: present.map(|p| p.who.clone()),
            by: present.map_or(Presence::Remembered, |p| p.by),
            subject: present.map(|p| keyring.subject(&tenant.id, client.subject_sector(), &p.who.member)),
            grant,
        }
    }

    fn answers(&self, transaction: &Transaction) -> Answers<'_> {
        let tenant = self.browser.tenant;
        Answers {
            tenant,
            random: &*self.ports.random,
            locale: visit::locale(tenant, self.browser.headers, transaction.locale),
        }
    }

    /// Keeps the transaction at a stage and sends the browser to a page of ours.
    pub(super) fn leave_to(
        &self,
        page: &str,
        transaction: Transaction,
        stage: Stage,
    ) -> Result<Response, PageFault> {
        let transaction = Transaction { stage, ..transaction };
        let cookies = self.browser.save(&transaction)?;
        Ok(respond::with_cookies(
            respond::see_other(&transaction.link(page)),
            cookies,
        ))
    }

    /// Ends the pushed request behind this one, if there is one, without a code. In two tabs the first end counts.
    async fn end(&self, transaction: &Transaction, request: &AuthorizationRequest) -> Result<(), PageFault> {
        if self.is_end(request, &transaction.nonce()).await? {
            return Ok(());
        }
        Err(self.ended_before(request).await?)
    }

    async fn is_end(&self, request: &AuthorizationRequest, nonce: &[u8; 16]) -> PortResult<bool> {
        let (tenant, now) = (self.browser.tenant, self.browser.now);
        pushed::end(&*self.ports.pushed, tenant, request, nonce, now).await
    }

    async fn ended_before(&self, request: &AuthorizationRequest) -> PortResult<PageFault> {
        let tenant = self.browser.tenant;
        let client = self.ports.registry.client(&tenant.id, &request.client).await?;
        Ok(PageFault::finished(client.as_deref(), pushed::ENDED_ELSEWHERE))
    }

    async fn issue(
        &self,
        transaction: Transaction,
        request: &AuthorizationRequest,
        who: SignedIn,
        grant: GrantId,
        scope: ScopeSet,
        kept: bool,
    ) -> Result<Response, PageFault> {
        let (tenant, now) = (self.browser.tenant, self.browser.now);
        let stored = AuthorizationCode {
            client: request.client.clone(),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge,
            member: who.member,
            grant,
            issue: IssueId::from_bytes(self.ports.random.bytes()),
            session: who.session,
            scope,
            resources: request.resources.clone(),
            claims: request.claims.clone(),
            dpop_jkt: request.dpop_jkt,
            nonce: request.nonce.clone(),
            authentication: who.authentication,
            expires_at: now + tenant.policy.tokens.code,
        };
        for code in self.codes(&transaction, request, &stored) {
            let digest = Digest::of(code.expose().as_bytes());
            self.ports.codes.put(&tenant.id, &digest, &stored).await?;
            // After the code: if either is out of reach, nobody has it, and all of it can be done again.
            if !self.is_end(request, &digest.half()).await? {
                continue;
            }
            audit::line(AuditEvent::CodeIssued, tenant)
                .client(&request.client)
                .subject(self.browser.keyring, &stored.member)
                .write();
            let response = self.answers(&transaction).code(&Way::back(request), &code);
            return Ok(if kept {
                answer::finish(self.browser, transaction, response)
            } else {
                response
            });
        }
        Err(self.ended_before(request).await?)
    }

    /// The code of an answer: a new one each time, as the app may have redeemed the one before when she pressed twice.
    ///
    /// Of a pushed request there is one answer. What ends it is named after the code, so its code follows from the
    /// answer: whoever gives that again, at once, gives the same code. The second is the one it had a moment ago.
    fn codes(
        &self,
        transaction: &Transaction,
        request: &AuthorizationRequest,
        answer: &AuthorizationCode,
    ) -> Vec<Secret<String>> {
        let (tenant, now) = (self.browser.tenant, self.browser.now);
        if request.pushed.is_none() {
            return vec![new_code(self.ports)];
        }
        let scope = answer.scope.to_string();
        let parts: [&[u8]; 5] = [
            transaction.id.as_bytes(),
            answer.member.as_str().as_bytes(),
            answer.grant.as_bytes(),
            answer.session.as_bytes(),
            scope.as_bytes(),
        ];
        self.browser.keyring.codes(&tenant.id, &parts, now).into()
    }
}

/// 256 random bits (RFC 6749 s10.10 asks for 128).
fn new_code(ports: &Authorize) -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(ports.random.bytes::<32>()))
}

/// The request against today's registration: it may have changed while she read a page.
fn still_registered(
    client: Option<Arc<Client>>,
    mut request: AuthorizationRequest,
) -> Result<(Arc<Client>, AuthorizationRequest), PageFault> {
    let fault = |cause, why: &str| PageFault::new(cause, why);
    let client =
        client.ok_or_else(|| fault(ErrorCause::InvalidClient, "the client is no longer registered"))?;
    if client.redirect_target(request.redirect_uri.as_str()).is_none() {
        return Err(fault(
            ErrorCause::InvalidRedirectUri,
            "redirect_uri is no longer registered",
        ));
    }
    request.scope = request.scope.intersection(&client.scopes);
    request.claims = request.claims.within(&client.scopes);
    Ok((client, request))
}
