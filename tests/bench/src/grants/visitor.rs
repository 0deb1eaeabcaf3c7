use super::{
    browser::{Browser, Line},
    configuration::{CLIENTS, MEMBERS, number},
    partner::{self, Authorization, Tokens},
};
use crate::failure::Result;

/// Somebody who has signed in at a partner: her browser, and what the partner was given.
pub(super) struct Visitor {
    browser: Browser,
    partner: usize,
    tokens: Tokens,
}

/// How many first sign-ins there can be.
pub(super) const FIRST_SIGN_INS: usize = MEMBERS * CLIENTS;

impl Visitor {
    /// From the partner's link, by number, code and consent, to all three tokens. `turn` is below
    /// [`FIRST_SIGN_INS`] and never comes twice: each is a member at a partner she was never at.
    pub(super) fn first_sign_in(line: &mut Line, turn: usize) -> Result<Self> {
        let (member, partner) = (turn % MEMBERS, turn / MEMBERS);
        let number = number(member);
        let mut browser = Browser::default();
        let authorization = Authorization::new(partner, turn);
        let page = browser.get(line, &authorization.target())?;
        let form = page
            .form("phone-form")?
            .with("phone", &number)
            .with("action", "phone");
        let page = browser.submit(line, &form)?;
        let code = line.code(&number)?;
        let form = page.form("code-form")?.with("code", &code).with("action", "code");
        let page = browser.submit(line, &form)?;
        let form = page.form("consent-form")?.with("decision", "allow");
        let code = browser.submit(line, &form)?.code()?;
        let tokens = authorization.redeem(line, &code)?;
        Ok(Self {
            browser,
            partner,
            tokens,
        })
    }

    /// The same partner again: her session and her consent are remembered, and no page is shown.
    pub(super) fn sso_return(&mut self, line: &mut Line, turn: usize) -> Result<()> {
        let authorization = Authorization::new(self.partner, turn);
        let code = self.browser.get(line, &authorization.target())?.code()?;
        self.tokens = authorization.redeem(line, &code)?;
        Ok(())
    }

    pub(super) fn refresh(&mut self, line: &mut Line) -> Result<()> {
        self.tokens = partner::refresh(line, self.partner, &self.tokens.refresh)?;
        Ok(())
    }

    pub(super) fn userinfo(&self, line: &mut Line) -> Result<()> {
        partner::userinfo(line, &self.tokens.access)
    }
}
