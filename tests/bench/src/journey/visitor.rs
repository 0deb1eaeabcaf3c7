use super::{
    Line, Partner,
    browser::Browser,
    partner::{Authorization, Tokens, userinfo},
};
use crate::failure::Result;

/// Somebody who has signed in at a partner: her browser, and what the partner was given.
pub(crate) struct Visitor {
    browser: Browser,
    partner: Partner,
    tokens: Tokens,
}

impl Visitor {
    /// From the partner's link, by number, code and consent, to all three tokens. `turn` makes its values differ from
    /// those of other requests.
    pub(crate) fn first_sign_in(
        line: &mut Line,
        partner: &Partner,
        number: &str,
        turn: usize,
    ) -> Result<Self> {
        let mut browser = Browser::default();
        let authorization = Authorization::new(partner, turn);
        let page = browser.get(line, &authorization.target())?;
        let form = page
            .form("phone-form")?
            .with("phone", number)
            .with("action", "phone");
        let page = browser.submit(line, &form)?;
        let code = line.code(number)?;
        let form = page.form("code-form")?.with("code", &code).with("action", "code");
        let page = browser.submit(line, &form)?;
        let form = page.form("consent-form")?.with("decision", "allow");
        let code = browser.submit(line, &form)?.code()?;
        Ok(Self {
            tokens: authorization.redeem(line, &code)?,
            browser,
            partner: partner.clone(),
        })
    }

    /// The same partner again: her session and her consent are remembered, and no page is shown.
    pub(crate) fn sso_return(&mut self, line: &mut Line, turn: usize) -> Result<()> {
        let authorization = Authorization::new(&self.partner, turn);
        let code = self.browser.get(line, &authorization.target())?.code()?;
        self.tokens = authorization.redeem(line, &code)?;
        Ok(())
    }

    pub(crate) fn refresh(&mut self, line: &mut Line) -> Result<()> {
        self.tokens = self.partner.refresh(line, &self.tokens)?;
        Ok(())
    }

    pub(crate) fn userinfo(&self, line: &mut Line) -> Result<()> {
        userinfo(line, &self.tokens.access)
    }
}
