use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

/// The private half of a registered key.
#[derive(Clone, Copy)]
pub struct DemoKey {
    kid: &'static str,
    pem: &'static [u8],
    algorithm: Algorithm,
}

pub const SHOPEASE_KEY: DemoKey = DemoKey {
    kid: "shopease-demo",
    pem: include_bytes!("../../examples/partners/demo-keys/shopease.pem"),
    algorithm: Algorithm::ES256,
};
pub const FAPI_KEY: DemoKey = DemoKey {
    kid: "fapi-demo",
    pem: include_bytes!("../../examples/partners/demo-keys/fapi-demo.pem"),
    algorithm: Algorithm::ES256,
};
/// A key that two algorithms fit: [`DemoKey::by`] says which.
pub const RSA_KEY: DemoKey = DemoKey {
    kid: "rsa-test",
    pem: include_bytes!("rsa.pem"),
    algorithm: Algorithm::RS256,
};
/// The modulus of [`RSA_KEY`], as a JWK has it.
pub const RSA_MODULUS: &str = "01wel9yJPcB0TZw43XgeZWecRIb_H8nqriV__eu5-66_kqy4zcBtHj7aTmor0TSJHXCmN0DH7clSL0KITG7li0GgIgvrvuKNuNTIvW64JzX48-gNohPHMHTZxIRmx4qSNaLlP6gJOgKbwVPakPz1TxtucLj3ycrZ2ksmji7yMCzLelZd4nDYJcdCph6j57zqF3_5p6MkV4PlyIgeeqAIDyhB0mkncwXob9Vqj0AiieqXc90IfD9TZop8Lqid6auFsrh5TjEdle6_QzBAMQHTPZx0x6KRuQxH_T9vgwMVYuu-5E2Jzzd9yIgXvFObt3HXaIDu3hl4B-jnFbBWimOy2w";

impl DemoKey {
    /// The same key with another algorithm that fits it.
    pub const fn by(self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// A JWT signed with it.
    pub fn sign(&self, typ: Option<&str>, claims: &Value) -> String {
        let mut header = json!({ "alg": self.algorithm, "kid": self.kid });
        if let Some(typ) = typ {
            header["typ"] = json!(typ);
        }
        self.sign_under(&header, claims)
    }

    /// The same, under a header that says one thing more, or says it otherwise.
    pub fn sign_saying(&self, name: &str, value: &Value, claims: &Value) -> String {
        let mut header = json!({ "alg": self.algorithm, "kid": self.kid });
        header[name] = value.clone();
        self.sign_under(&header, claims)
    }

    fn sign_under(&self, header: &Value, claims: &Value) -> String {
        let key = match self.algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_pem(self.pem),
            _ => EncodingKey::from_rsa_pem(self.pem),
        }
        .unwrap();
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}
