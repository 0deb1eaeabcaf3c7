//! What comes next for a request, given who is there and what she has allowed. No port, no clock.

use crate::{
    model::{AuthorizationRequest, Grant, Presence, Prompt, SignedIn, Tenant},
    types::{GrantId, ScopeSet, Timestamp},
    wire::error::{ErrorCode, Fault},
};

/// What was found for a request.
pub(super) struct Known<'a> {
    /// Who is signed in at this browser.
    pub(super) who: Option<SignedIn>,
    /// How we know.
    pub(super) by: Presence,
    /// Her `sub` towards this client.
    pub(super) subject: Option<String>,
    /// Her consent to this client.
    pub(super) grant: Option<&'a Grant>,
}

/// The next step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask for a number and a code; `choose` offers to go on as whoever is signed in.
    Login { choose: bool },
    /// Ask for these scopes.
    Consent { who: SignedIn, asked: ScopeSet },
    /// Give the partner its code.
    Issue {
        who: SignedIn,
        grant: GrantId,
        scope: ScopeSet,
    },
    /// Tell the partner no.
    Refuse(Fault),
}

pub(super) fn decide(
    request: &AuthorizationRequest,
    tenant: &Tenant,
    known: Known<'_>,
    now: Timestamp,
) -> Next {
    let needs_login = match &known.who {
        None => true,
        Some(who) => match known.by {
            Presence::Authenticated => false,
            // A choice is no sign-in: her age still counts.
            Presence::Chosen => too_old(request, who, now),
            Presence::Remembered => too_old(request, who, now) || asks_for_login(request),
        },
    };
    let hinted_other = request.subject_hint.is_some() && request.subject_hint != known.subject;
    let (Some(who), false) = (known.who, needs_login) else {
        return login(request);
    };
    if hinted_other {
        // Core s3.1.2.1: the hinted member, or an error; never somebody else in silence.
        return if known.by == Presence::Authenticated {
            refuse_login()
        } else {
            login(request)
        };
    }
    if known.by == Presence::Remembered
        && matches!(
            request.prompt,
            Prompt::Interactive {
                select_account: true,
                ..
            }
        )
    {
        return Next::Login { choose: true };
    }
    let allowed = known
        .grant
        .map(|g| g.current_scopes(&tenant.scopes))
        .unwrap_or_default();
    let left_out = known
        .grant
        .map(|g| g.currently_declined(&tenant.scopes))
        .unwrap_or_default();
    let asked = to_ask(request, known.grant, &allowed, &left_out);
    match (known.grant, request.prompt) {
        (Some(grant), _) if asked.is_empty() => Next::Issue {
            who,
            grant: grant.id,
            scope: request.scope.intersection(&allowed),
        },
        (_, Prompt::None) => Next::Refuse(Fault::new(
            ErrorCode::ConsentRequired,
            "the member has not consented to all of this",
        )),
        _ => Next::Consent { who, asked },
    }
}

fn too_old(request: &AuthorizationRequest, who: &SignedIn, now: Timestamp) -> bool {
    let age = now.seconds_since(who.authentication.auth_time);
    // max_age=0 acts as prompt=login (Core s3.1.2.1), so an age of 0 s is too old for it.
    request.max_age.is_some_and(|max| age > max || max == 0)
}

const fn asks_for_login(request: &AuthorizationRequest) -> bool {
    matches!(request.prompt, Prompt::Interactive { login: true, .. })
}

fn login(request: &AuthorizationRequest) -> Next {
    if request.prompt == Prompt::None {
        refuse_login()
    } else {
        Next::Login { choose: false }
    }
}

fn refuse_login() -> Next {
    Next::Refuse(Fault::new(ErrorCode::LoginRequired, "the member has to sign in"))
}

/// The scopes to ask for: what is not allowed yet and was not left out before, or everything for `prompt=consent`. `openid` says nothing a
/// member could weigh, so it is asked only where it is all there is.
fn to_ask(
    request: &AuthorizationRequest,
    grant: Option<&Grant>,
    allowed: &ScopeSet,
    left_out: &ScopeSet,
) -> ScopeSet {
    let ask_all = matches!(request.prompt, Prompt::Interactive { consent: true, .. });
    let standing = grant.is_some_and(Grant::is_active);
    let missing = if ask_all || !standing {
        request.to_consent()
    } else {
        request.to_consent().difference(allowed).difference(left_out)
    };
    let telling: ScopeSet = missing
        .iter()
        .filter(|s| s.as_str() != "openid")
        .cloned()
        .collect();
    if telling.is_empty() { missing } else { telling }
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, *};
    use crate::types::Scope;

    const NOW: Timestamp = Timestamp(10_000);

    fn run(prompt: Prompt, max_age: Option<u64>, known: Known<'_>) -> Next {
        let mut request = testing::request("openid profile");
        request.prompt = prompt;
        request.max_age = max_age;
        decide(&request, &testing::tenant(), known, NOW)
    }

    fn signed_in(seconds_ago: u64) -> Known<'static> {
        Known {
            who: Some(testing::signed_in(NOW - seconds_ago)),
            by: Presence::Remembered,
            subject: None,
            grant: None,
        }
    }

    const PLAIN: Prompt = Prompt::Interactive {
        login: false,
        consent: false,
        select_account: false,
    };
    const LOGIN: Prompt = Prompt::Interactive {
        login: true,
        consent: false,
        select_account: false,
    };
    const CONSENT: Prompt = Prompt::Interactive {
        login: false,
        consent: true,
        select_account: false,
    };
    const SELECT: Prompt = Prompt::Interactive {
        login: false,
        consent: false,
        select_account: true,
    };

    fn nobody() -> Known<'static> {
        Known {
            who: None,
            by: Presence::Remembered,
            subject: None,
            grant: None,
        }
    }

    fn error_of(next: Next) -> ErrorCode {
        let Next::Refuse(fault) = next else {
            panic!("{next:?}")
        };
        fault.code
    }

    #[test]
    fn a022_prompt_none_without_a_session_is_login_required() {
        assert_eq!(
            error_of(run(Prompt::None, None, nobody())),
            ErrorCode::LoginRequired
        );
        assert_eq!(run(PLAIN, None, nobody()), Next::Login { choose: false });
    }

    #[test]
    fn a023_prompt_none_without_consent_is_consent_required() {
        assert_eq!(
            error_of(run(Prompt::None, None, signed_in(5))),
            ErrorCode::ConsentRequired
        );
    }

    #[test]
    fn a026_a028_login_and_age_ask_again_unless_she_just_signed_in() {
        for (prompt, max_age) in [(LOGIN, None), (PLAIN, Some(4)), (PLAIN, Some(0))] {
            assert_eq!(run(prompt, max_age, signed_in(5)), Next::Login { choose: false });
            let fresh = Known {
                by: Presence::Authenticated,
                ..signed_in(0)
            };
            assert!(matches!(run(prompt, max_age, fresh), Next::Consent { .. }));
        }
        assert!(matches!(run(PLAIN, Some(5), signed_in(5)), Next::Consent { .. }));
        assert_eq!(
            error_of(run(Prompt::None, Some(4), signed_in(5))),
            ErrorCode::LoginRequired
        );
    }

    #[test]
    fn a028_choosing_to_go_on_makes_nobody_younger() {
        let chosen = |ago| Known {
            by: Presence::Chosen,
            ..signed_in(ago)
        };
        assert_eq!(run(SELECT, Some(60), chosen(61)), Next::Login { choose: false });
        assert!(matches!(run(SELECT, Some(60), chosen(60)), Next::Consent { .. }));
        assert!(matches!(run(SELECT, None, chosen(9_000)), Next::Consent { .. }));
    }

    #[test]
    fn a027_consent_and_select_account_show_their_page_though_all_is_remembered() {
        let grant = testing::grant("openid profile");
        let with_grant = || Known {
            grant: Some(&grant),
            ..signed_in(5)
        };
        assert!(matches!(run(PLAIN, None, with_grant()), Next::Issue { .. }));
        assert!(matches!(run(CONSENT, None, with_grant()), Next::Consent { .. }));
        assert_eq!(run(SELECT, None, with_grant()), Next::Login { choose: true });
    }

    #[test]
    fn a030_a_hint_of_another_member_is_never_answered_with_this_one() {
        let mut request = testing::request("openid");
        request.subject_hint = Some("alice".to_owned());
        let bob = |by| Known {
            by,
            subject: Some("bob".to_owned()),
            ..signed_in(5)
        };
        let tenant = testing::tenant();
        assert_eq!(
            decide(&request, &tenant, bob(Presence::Remembered), NOW),
            Next::Login { choose: false }
        );
        assert_eq!(
            error_of(decide(&request, &tenant, bob(Presence::Authenticated), NOW)),
            ErrorCode::LoginRequired
        );
        request.prompt = Prompt::None;
        assert_eq!(
            error_of(decide(&request, &tenant, bob(Presence::Remembered), NOW)),
            ErrorCode::LoginRequired
        );
    }

    #[test]
    fn a038_only_what_is_new_is_asked() {
        let grant = testing::grant("openid");
        let known = Known {
            grant: Some(&grant),
            ..signed_in(5)
        };
        let Next::Consent { asked, .. } = run(PLAIN, None, known) else {
            panic!()
        };
        assert_eq!(asked.to_string(), "profile");
    }

    #[test]
    fn a_withdrawn_grant_never_issues() {
        let grant = testing::grant("openid profile").withdraw(NOW);
        let known = Known {
            grant: Some(&grant),
            ..signed_in(5)
        };
        assert!(matches!(run(PLAIN, None, known), Next::Consent { .. }));
    }

    #[test]
    fn a_changed_text_is_asked_again() {
        let mut grant = testing::grant("openid profile");
        grant.scopes.insert(Scope::parse("profile").unwrap(), 99);
        let known = Known {
            grant: Some(&grant),
            ..signed_in(5)
        };
        assert!(matches!(run(PLAIN, None, known), Next::Consent { .. }));
    }
}
