//! What one member is asked by one app in one transaction, and what her answer makes of her consent.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    endpoints::{
        authorize::{Answers, Way, finish},
        page_fault::PageFault,
        session_cookie::SessionCookie,
        transaction_cookie::Transactions,
    },
    model::{
        AuthorizationRequest, Client, ConsentEvent, DeviceVisit, Errand, Grant, Receipt, SignedIn, Stage,
        Transaction,
    },
    pages::{ConsentPage, ErrorCause, FormKey, LeadsTo},
    ports::Random,
    types::{Digest, GrantId, Locale, Scope, ScopeSet},
    wire::{
        Response,
        error::{ErrorCode, Fault},
        metadata::path,
        params::Params,
        respond,
    },
};

/// One member, asked by one partner in one transaction.
pub(super) struct Question<'a> {
    pub(super) browser: &'a Transactions<'a>,
    pub(super) transaction: Transaction,
    pub(super) client: Arc<Client>,
    pub(super) who: SignedIn,
    pub(super) asked: ScopeSet,
    pub(super) seen: Option<u64>,
    pub(super) cookie: SessionCookie,
    pub(super) locale: Locale,
}

/// Where the app is that asks.
pub(super) enum Place {
    /// At this host of the web.
    Host(String),
    /// On the device that shows this code.
    Device(String),
}

/// Her answer.
#[derive(Clone, Copy)]
pub(super) enum Decision {
    Allow,
    Deny,
}

/// What an "Allow" finds whose question was asked of an earlier consent.
pub(super) enum Meets<'g> {
    /// The consent that it would have made: pressed twice.
    Itself(&'g Grant),
    /// A consent given meanwhile that allows more.
    More(&'g Grant),
    /// Something of it may still be asked.
    Open,
    /// A consent denied or withdrawn, or none.
    Closed,
}

impl Decision {
    pub(super) fn read(form: &Params) -> Result<Self, PageFault> {
        match form.get("decision") {
            Some("allow") => Ok(Self::Allow),
            Some("deny") => Ok(Self::Deny),
            _ => Err(PageFault::new(
                ErrorCause::InvalidRequest,
                "the form holds no decision",
            )),
        }
    }
}

impl Question<'_> {
    pub(super) fn place(&self) -> Place {
        match &self.transaction.errand {
            Errand::Authorization(request) => Place::Host(request.redirect_uri.display_host()),
            Errand::Account | Errand::Transfer(_) => Place::Host(String::new()),
            Errand::Device(visit) => match &**visit {
                DeviceVisit::Asking(device) => Place::Device(device.user_code.to_string()),
                _ => Place::Host(String::new()),
            },
        }
    }

    pub(super) fn page<'p>(
        &'p self,
        form: FormKey<'p>,
        switch_href: &'p str,
        place: &'p Place,
    ) -> ConsentPage<'p> {
        let catalogue = &self.browser.tenant.scopes;
        let wanted = self.transaction.errand.to_consent();
        let told = wanted.iter().filter(|s| s.as_str() != Scope::OPENID);
        let already: ScopeSet = told
            .filter(|s| !self.asked.contains(s.as_str()))
            .cloned()
            .collect();
        ConsentPage {
            app: &self.client.name,
            publisher: self.client.publisher.as_deref(),
            leads_to: match place {
                Place::Host(host) => LeadsTo::Host(host),
                Place::Device(code) => LeadsTo::Device(code),
            },
            purpose: self.client.purpose.as_deref(),
            policy_uri: self.client.policy_uri.as_deref(),
            tos_uri: self.client.tos_uri.as_deref(),
            masked_number: &self.cookie.masked_number,
            form,
            switch_href,
            asked: catalogue.entries_of(&self.asked).collect(),
            already_allowed: already.iter().filter_map(|s| catalogue.get(s)).collect(),
        }
    }

    /// Her consent to this client after her answer.
    pub(super) fn grant_after(
        &self,
        decision: Decision,
        before: Option<Grant>,
        fresh: GrantId,
        form: &Params,
    ) -> Grant {
        let (member, client) = (&self.who.member, &self.client.id);
        match decision {
            Decision::Allow => {
                let left_out = self.left_out(form);
                let scope = self.transaction.errand.scope();
                let openid = scope.iter().filter(|s| s.as_str() == Scope::OPENID);
                // `openid` comes along: a partner that asks for it learns who she is by her consent.
                let given = self.asked.difference(&left_out).union(&openid.cloned().collect());
                let receipt = self.receipt(ConsentEvent::Given, &given);
                Grant::allow(before, fresh, member, client, receipt, self.versions(&left_out))
            }
            Decision::Deny => {
                let receipt = self.receipt(ConsentEvent::Denied, &self.asked);
                Grant::deny(before, fresh, member, client, receipt)
            }
        }
    }

    /// How her "Allow" stands to the consent as it is now.
    pub(super) fn meets<'g>(&self, now: Option<&'g Grant>, form: &Params) -> Meets<'g> {
        let Some(grant) = now else { return Meets::Closed };
        let catalogue = &self.browser.tenant.scopes;
        let left_out = self.left_out(form);
        let covered = grant.current_scopes(catalogue);
        let given = grant.last_event() == Some(ConsentEvent::Given) && grant.is_active();
        if given && self.asked.difference(&left_out).is_subset(&covered) {
            let same = left_out.is_subset(&grant.currently_declined(catalogue));
            return match (same, grant.version == self.seen.unwrap_or(0) + 1) {
                (true, true) => Meets::Itself(grant),
                (true, false) => Meets::Open,
                (false, _) => Meets::More(grant),
            };
        }
        if given || self.asked.is_subset(&covered) {
            Meets::Open
        } else {
            Meets::Closed
        }
    }

    /// The optional scopes she was asked for and left unticked. The form can take away, never add.
    pub(super) fn left_out(&self, form: &Params) -> ScopeSet {
        let ticked: ScopeSet = form.all("scope").filter_map(Scope::parse).collect();
        let optional = |s: &&Scope| self.browser.tenant.scopes.get(s).is_some_and(|e| e.optional);
        self.asked
            .iter()
            .filter(optional)
            .filter(|s| !ticked.contains(s.as_str()))
            .cloned()
            .collect()
    }

    pub(super) fn versions(&self, scopes: &ScopeSet) -> BTreeMap<Scope, u32> {
        scopes
            .iter()
            .map(|s| (s.clone(), self.browser.tenant.scopes.version(s)))
            .collect()
    }

    pub(super) fn receipt(&self, event: ConsentEvent, scopes: &ScopeSet) -> Receipt {
        let tenant = self.browser.tenant;
        let scopes = self.versions(scopes);
        let no_form = FormKey {
            transaction: "",
            csrf: "",
        };
        let notice = self
            .page(no_form, "", &self.place())
            .notice(self.locale, &tenant.brand);
        Receipt {
            at: self.browser.now,
            event,
            scopes,
            locale: Some(self.locale),
            notice: Some(Digest::of(notice.as_bytes())),
        }
    }

    pub(super) fn consented(self, grant: &Grant) -> Result<Response, PageFault> {
        let scope = self
            .transaction
            .errand
            .scope()
            .intersection(&grant.current_scopes(&self.browser.tenant.scopes));
        let stage = Stage::Consented {
            who: self.who.clone(),
            grant: grant.id,
            scope,
            at: self.browser.now,
        };
        self.back_to_authorize(stage)
    }

    pub(super) fn back_to_authorize(self, stage: Stage) -> Result<Response, PageFault> {
        let transaction = Transaction {
            stage,
            ..self.transaction
        };
        let cookies = self.browser.save(&transaction)?;
        let onward = respond::see_other(&transaction.link(path::AUTHORIZE));
        Ok(respond::with_cookies(onward, cookies))
    }

    pub(super) fn denied(self, request: &AuthorizationRequest, random: &dyn Random) -> Response {
        let fault = Fault::new(ErrorCode::AccessDenied, "the member did not allow this");
        let answers = Answers {
            tenant: self.browser.tenant,
            random,
            locale: self.locale,
        };
        let response = answers.refusal(&Way::back(request), &fault);
        finish(self.browser, self.transaction, response)
    }
}
