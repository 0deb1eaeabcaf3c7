//! The question, and the page of a "no".

use http::StatusCode;

use super::{Question, Step, Transfer};
use crate::{
    endpoints::{page_fault::PageFault, screen::Screen, session_cookie::SessionCookie, transfer_token},
    pages::{self, FormKey, TransferDeclinedPage, TransferPage},
    wire::{Response, metadata::path},
};

impl Transfer {
    /// Asks what can still be answered with a yes.
    pub(super) async fn ask(&self, step: &Step<'_>, question: &Question<'_>) -> Result<Response, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        if transfer_token::was_used(&*self.assertions, tenant, question.token, now).await? {
            return Err(self.used(step, question));
        }
        let member = self.member(step, question).await?;
        let app = self.registry.client(&tenant.id, &question.transfer.app).await?;
        let cookie = SessionCookie::read(&self.keyring, tenant, step.browser.headers);
        let other = cookie.filter(|cookie| cookie.member != member.id);
        let id = step.transaction.id.to_string();
        let csrf = self.keyring.form_token(&tenant.id, &id);
        let partner = step.partner.as_ref();
        let page = TransferPage {
            form: FormKey {
                transaction: &id,
                csrf: &csrf,
            },
            app: app.as_ref().map_or("", |app| &app.name),
            masked_number: &member.number.masked(),
            partner: partner.map(|partner| partner.name.as_str()),
            replaces: other.as_ref().map(|cookie| cookie.masked_number.as_str()),
        };
        let leads_to = partner.and_then(|partner| partner.sign_in_target());
        let form_action = leads_to.map(|target| target.form_action()).unwrap_or_default();
        Ok(self.screen(step).show(StatusCode::OK, &form_action, |shell| {
            pages::transfer(shell, &page)
        }))
    }

    pub(super) fn declined_page(&self, step: &Step<'_>) -> Response {
        let partner = step.partner.as_ref();
        let page = TransferDeclinedPage {
            back: partner.and_then(|p| Some((p.name.as_str(), p.uri.as_deref()?))),
        };
        self.screen(step)
            .show(StatusCode::OK, "", |shell| pages::transfer_declined(shell, &page))
    }

    fn screen<'a>(&'a self, step: &'a Step<'_>) -> Screen<'a> {
        Screen::new(step.tenant(), step.locale, &*self.random)
            .at(step.transaction.link(path::SESSION_TRANSFER))
    }
}
