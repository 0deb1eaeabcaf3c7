"""PyPI `requests-oauth2client` with a key instead of a secret."""

import json
import os
import unittest
from urllib.parse import urlencode

import requests
from requests_oauth2client import InvalidGrant, LoginRequired, OAuth2Client, PrivateKeyJwt, oidc_discovery_document_url

from lib.member import Member

ISSUER = os.environ["SYMBOLON_ISSUER"]
HOME = "https://requests-oauth2client.example"


def discover(client_id: str, **more: object) -> OAuth2Client:
    """A client that knows the issuer's name and its own key. The issuer is the one audience of its assertions."""
    key = PrivateKeyJwt(client_id, json.loads(os.environ["CLIENT_KEY"]), aud=ISSUER)
    return OAuth2Client.from_discovery_endpoint(issuer=ISSUER, auth=key, redirect_uri=f"{HOME}/callback", **more)


class RequestsOAuth2Client(unittest.TestCase):
    def test_sign_in_userinfo_refresh_logout(self):
        client, member = discover("requests-oauth2client"), Member("+447700900315")
        request = client.authorization_request(scope="openid profile offline_access")
        answer = request.validate_callback(member.through(request.uri))
        tokens = client.authorization_code(answer)
        self.assertEqual(client.userinfo(tokens)["name"], "Rita")

        fresh = client.refresh_token(tokens)
        self.assertNotEqual(fresh.access_token, tokens.access_token)
        self.assertEqual(fresh.id_token.sub, tokens.id_token.sub)

        # The library knows no logout; the address is in the same document that it reads.
        leave = requests.get(oidc_discovery_document_url(ISSUER), timeout=10).json()["end_session_endpoint"]
        logout = {"id_token_hint": str(fresh.id_token), "post_logout_redirect_uri": f"{HOME}/signed-out"}
        signed_out, _ = member.open(f"{leave}?{urlencode(logout)}")
        self.assertEqual(signed_out, f"{HOME}/signed-out")
        silent = client.authorization_request(prompt="none")
        with self.assertRaises(LoginRequired):
            silent.validate_callback(member.through(silent.uri))

    def test_pushed_request_bound_tokens_revocation(self):
        client = discover("requests-oauth2client-dpop", dpop_bound_access_tokens=True)
        request = client.authorization_request(scope="openid profile offline_access")
        pushed = client.pushed_authorization_request(request)
        answer = request.validate_callback(Member("+447700900316").through(pushed.uri))
        # The library cannot read an ID token that comes with a bound access token.
        tokens = client.authorization_code(answer, validate=False)
        self.assertEqual(tokens.token_type.lower(), "dpop")
        self.assertEqual(client.userinfo(tokens)["name"], "Ron")

        fresh = client.refresh_token(tokens)
        self.assertEqual(client.userinfo(fresh)["name"], "Ron")
        self.assertTrue(client.revoke_refresh_token(tokens.refresh_token))
        with self.assertRaises(InvalidGrant):
            client.refresh_token(tokens)


if __name__ == "__main__":
    unittest.main()
