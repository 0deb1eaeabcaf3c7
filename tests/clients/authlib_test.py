"""PyPI `Authlib` in a Flask application, with a secret."""

import os
import unittest

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session

from lib.member import Member

HOME = "https://authlib.example"

app = Flask(__name__)
app.secret_key = "a long secret that signs the session cookie of this application"
brand = OAuth(app).register(
    "brand",
    server_metadata_url=os.environ["SYMBOLON_ISSUER"] + "/.well-known/openid-configuration",
    client_id="authlib",
    client_secret="secret of authlib",
    client_kwargs={"scope": "openid profile offline_access", "code_challenge_method": "S256"},
)


@app.get("/login")
def login():
    return brand.authorize_redirect(f"{HOME}/callback")


@app.get("/silent")
def silent():
    return brand.authorize_redirect(f"{HOME}/callback", prompt="none")


@app.get("/callback")
def callback():
    try:
        session["token"] = brand.authorize_access_token()
    except OAuthError as error:
        return {"error": error.error}
    return redirect("/")


@app.get("/")
def home():
    return jsonify(brand.userinfo(token=session["token"]))


@app.get("/refresh")
def refresh():
    token = session["token"]
    fresh = brand.fetch_access_token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    session["token"] = {**token, **fresh}
    return {"fresh": fresh["access_token"] != token["access_token"]}


@app.get("/logout")
def logout():
    return brand.logout_redirect(f"{HOME}/signed-out", id_token_hint=session["token"]["id_token"])


@app.get("/signed-out")
def signed_out():
    brand.validate_logout_response()
    session.clear()
    return {"session": dict(session)}


class Authlib(unittest.TestCase):
    def test_sign_in_userinfo_refresh_logout(self):
        member, browser = Member("+447700900314"), app.test_client()

        def there_and_back(path):
            """From the application to the brand and back to the application, all in one browser."""
            away = browser.get(path, base_url=HOME)
            self.assertEqual(away.status_code, 302, away.text)
            return browser.get(member.through(away.location), base_url=HOME, follow_redirects=True).json

        self.assertEqual(there_and_back("/login")["name"], "Pia")
        self.assertEqual(browser.get("/refresh", base_url=HOME).json, {"fresh": True})
        self.assertEqual(browser.get("/", base_url=HOME).json["name"], "Pia")
        self.assertEqual(there_and_back("/silent")["name"], "Pia")
        self.assertEqual(there_and_back("/logout"), {"session": {}})
        self.assertEqual(there_and_back("/silent"), {"error": "login_required"})


if __name__ == "__main__":
    unittest.main()
