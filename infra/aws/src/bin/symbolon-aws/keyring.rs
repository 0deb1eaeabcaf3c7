//! The key that seals, replaced one step at a time.

use symbolon_aws::KeyringError;

use crate::{
    ago::until,
    cli::KeyringStep,
    deployment::Deployment,
    outcome::{Failure, Outcome, at},
    say,
};

pub(crate) async fn rotate(deployment: &Deployment, step: KeyringStep) -> Outcome {
    let maker = deployment.keyring_maker();
    let (done, said) = match step {
        KeyringStep::Announce => (
            maker.announce().await,
            "a new key is there; in 2 min --promote seals with it",
        ),
        KeyringStep::Promote => (
            maker.promote().await,
            "the new key seals; --drop forgets those from before, once nobody needs them",
        ),
        KeyringStep::Drop => (maker.drop_earlier().await, "the keys from before are forgotten"),
    };
    done.map_err(|error| match error {
        KeyringError::TooEarly(then) => {
            let when = until(deployment.now(), then);
            Failure::refused(format!(
                "keyring: not every process can know the new key: try again {when}"
            ))
        }
        error => at("keyring")(error),
    })?;
    say(&format!("keyring: {said}"))
}
