//! The composition root: every endpoint gets the ports it asks for.

use std::sync::Arc;

use symbolon::{
    endpoints::{
        Account, Authorize, Consent, Device, DeviceAuthorization, Discovery, Endpoint, Introspect, Jwks,
        Login, Logout, MessageLimit, NotFound, Notify, Par, Revoke, Rotate, Token, Transfer, Userinfo,
    },
    ports::{
        Assertions, Challenges, ClientKeys, Clock, Codes, DeviceRequests, Grants, LogoutNotices, Members,
        OtpSender, PublicKeys, PushedRequests, RefreshFamilies, Sessions, Signer,
    },
    wire::{Request, Response},
};
use symbolon_outbound::{FetchedClientKeys, HttpPartners, Outbound};
use tokio::sync::Mutex;

use crate::{
    backend::Backend, clock::MovableClock, inbox::Inbox, probe::Probe, routes::Route, sender::LimitedInbox,
};

/// Every endpoint, ready to answer for every configured issuer.
pub struct Provider {
    authorize: Authorize,
    login: Login,
    consent: Consent,
    device: Device,
    device_authorization: DeviceAuthorization,
    par: Par,
    token: Token,
    revoke: Revoke,
    introspect: Introspect,
    userinfo: Userinfo,
    discovery: Discovery,
    jwks: Jwks,
    logout: Logout,
    transfer: Transfer,
    account: Account,
    not_found: NotFound,
    notify: Arc<Notify>,
}

/// The adapters that the development side looks into.
#[derive(Clone)]
pub struct Workbench {
    /// The phones.
    pub inbox: Arc<Inbox>,
    /// Time.
    pub clock: Arc<MovableClock>,
    /// Counts and faults.
    pub probe: Arc<Probe>,
    /// Replacement of signing keys.
    pub rotate: Arc<Rotate>,
    /// Schedule, clock and commands take their turns at it one after another.
    pub turns: Arc<Mutex<()>>,
}

impl Provider {
    /// Puts everything together. Every call of a port that may fail passes the probe.
    pub fn on(backend: Backend, outbound: Arc<Outbound>) -> (Self, Workbench) {
        let workbench = Workbench {
            inbox: Arc::new(Inbox::new(backend.clock.clone())),
            clock: backend.clock.clone(),
            probe: Arc::default(),
            rotate: Arc::new(Rotate {
                signing_keys: backend.signing_keys.clone(),
                clock: backend.clock.clone(),
            }),
            turns: Arc::default(),
        };
        (Self::assemble(&workbench, backend, outbound), workbench)
    }

    #[expect(clippy::too_many_lines, reason = "it is a list: what each endpoint is given")]
    fn assemble(workbench: &Workbench, backend: Backend, outbound: Arc<Outbound>) -> Self {
        let Backend {
            registry,
            random,
            keyring,
            ..
        } = backend;
        let probe = &workbench.probe;
        // What is counted of a message as it leaves is no request's: elsewhere a queue stands before it.
        let limit = MessageLimit {
            challenges: backend.store.clone(),
            clock: workbench.clock.clone(),
            keyring: keyring.clone(),
        };
        let store = Arc::new(probe.wrap(backend.store));
        let (assertions, challenges, codes): (Arc<dyn Assertions>, Arc<dyn Challenges>, Arc<dyn Codes>) =
            (store.clone(), store.clone(), store.clone());
        let (families, grants, sessions): (Arc<dyn RefreshFamilies>, Arc<dyn Grants>, Arc<dyn Sessions>) =
            (store.clone(), store.clone(), store.clone());
        let pushed: Arc<dyn PushedRequests> = store.clone();
        let devices: Arc<dyn DeviceRequests> = store;
        let members: Arc<dyn Members> = Arc::new(probe.wrap(backend.members));
        // Telling partners is nobody's request, and does not count as one.
        let unprobed = backend.signer.clone();
        let signer: Arc<dyn Signer> = Arc::new(probe.wrap(backend.signer));
        let notices: Arc<dyn LogoutNotices> = Arc::new(probe.wrap(backend.outbox));
        let public_keys: Arc<dyn PublicKeys> = backend.public_keys;
        let sender: Arc<dyn OtpSender> = {
            let inbox = LimitedInbox::new(Arc::clone(&workbench.inbox), backend.tenants, limit);
            Arc::new(probe.wrap(Arc::new(inbox)))
        };
        let clock: Arc<dyn Clock> = workbench.clock.clone();
        let client_keys: Arc<dyn ClientKeys> =
            Arc::new(FetchedClientKeys::new(outbound.clone(), clock.clone()));
        Self {
            authorize: Authorize {
                registry: registry.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                codes: codes.clone(),
                devices: devices.clone(),
                pushed: pushed.clone(),
                client_keys: client_keys.clone(),
                public_keys: public_keys.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            login: Login {
                registry: registry.clone(),
                challenges: challenges.clone(),
                members: members.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                notices: notices.clone(),
                sender,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            consent: Consent {
                registry: registry.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                pushed: pushed.clone(),
                devices: devices.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            par: Par {
                registry: registry.clone(),
                pushed,
                assertions: assertions.clone(),
                client_keys: client_keys.clone(),
                public_keys: public_keys.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            device: Device {
                registry: registry.clone(),
                devices: devices.clone(),
                challenges: challenges.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            device_authorization: DeviceAuthorization {
                registry: registry.clone(),
                devices: devices.clone(),
                challenges,
                assertions: assertions.clone(),
                client_keys: client_keys.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            token: Token {
                registry: registry.clone(),
                codes,
                devices,
                families: families.clone(),
                grants: grants.clone(),
                members: members.clone(),
                assertions: assertions.clone(),
                client_keys: client_keys.clone(),
                signer: signer.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            revoke: Revoke {
                registry: registry.clone(),
                families: families.clone(),
                grants: grants.clone(),
                assertions: assertions.clone(),
                client_keys: client_keys.clone(),
                public_keys: public_keys.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            introspect: Introspect {
                registry: registry.clone(),
                families: families.clone(),
                grants: grants.clone(),
                members: members.clone(),
                assertions: assertions.clone(),
                client_keys,
                public_keys: public_keys.clone(),
                signer: signer.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            userinfo: Userinfo {
                registry: registry.clone(),
                grants: grants.clone(),
                members: members.clone(),
                assertions: assertions.clone(),
                public_keys: public_keys.clone(),
                signer,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            discovery: Discovery {
                registry: registry.clone(),
            },
            jwks: Jwks {
                registry: registry.clone(),
                public_keys: public_keys.clone(),
                random: random.clone(),
            },
            logout: Logout {
                registry: registry.clone(),
                sessions: sessions.clone(),
                grants: grants.clone(),
                notices: notices.clone(),
                public_keys,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            transfer: Transfer {
                registry: registry.clone(),
                assertions,
                families,
                grants: grants.clone(),
                members: members.clone(),
                sessions: sessions.clone(),
                notices: notices.clone(),
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            account: Account {
                registry: registry.clone(),
                sessions,
                grants,
                notices: notices.clone(),
                members,
                clock: clock.clone(),
                random: random.clone(),
                keyring: keyring.clone(),
            },
            notify: Arc::new(Notify {
                registry: registry.clone(),
                signer: unprobed,
                partners: Arc::new(HttpPartners::new(outbound)),
                clock,
                random: random.clone(),
                keyring,
            }),
            not_found: NotFound { registry, random },
        }
    }

    /// What tells partners that a session has ended.
    pub fn notify(&self) -> Arc<Notify> {
        Arc::clone(&self.notify)
    }

    /// Answers one request. Which issuer it is for, the endpoint reads from its `Host`.
    pub async fn handle(&self, route: Route, request: Request) -> Response {
        self.endpoint(route).handle(request).await
    }

    fn endpoint(&self, route: Route) -> &dyn Endpoint {
        match route {
            Route::Authorize => &self.authorize,
            Route::Login => &self.login,
            Route::Consent => &self.consent,
            Route::Par => &self.par,
            Route::Device => &self.device,
            Route::DeviceAuthorization => &self.device_authorization,
            Route::Token => &self.token,
            Route::Revoke => &self.revoke,
            Route::Introspect => &self.introspect,
            Route::Userinfo => &self.userinfo,
            Route::Discovery => &self.discovery,
            Route::Jwks => &self.jwks,
            Route::Logout => &self.logout,
            Route::Transfer => &self.transfer,
            Route::Account => &self.account,
            Route::NotFound => &self.not_found,
        }
    }
}
