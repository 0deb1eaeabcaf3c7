//! What every port that goes out is tried with (SS2 of the attacks).

use super::*;

/// Addresses that are refused, each with the client that meets it. The server is what they lead to.
pub(crate) fn refused(server: &TlsServer) -> Vec<(Outbound, String)> {
    let port = server.port;
    let public = || Outbound::new(Reach::Only(is_public), Authorities::only(&server.pem), System);
    // A name that its owner lets lead here.
    let rebound = |address| {
        let resolver = Scripted(vec![vec![address]], AtomicUsize::new(0));
        Outbound::new(Reach::Only(is_public), Authorities::only(&server.pem), resolver)
    };
    let mut all: Vec<(Outbound, String)> = [
        format!("http://localhost:{port}/"),
        format!("http://gateway.test:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://10.0.0.1/".to_owned(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://[fd00:ec2::254]/latest/meta-data/".to_owned(),
        "https://gateway.test:22/".to_owned(),
        "https://user@gateway.test/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "no address".to_owned(),
    ]
    .into_iter()
    .map(|url| (public(), url))
    .collect();
    let private = [
        HERE,
        "10.0.0.1".parse().unwrap(),
        "fd00:ec2::254".parse().unwrap(),
    ];
    all.extend(private.map(|address| (rebound(address), format!("https://gateway.test:{port}/"))));
    all
}

/// Answers that are none, whatever good body is in them.
pub(crate) fn bad_answers(body: &str) -> Vec<(&'static str, Reply)> {
    let length = body.len();
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: https://169.254.169.254/\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let begun = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{";
    vec![
        ("redirect to private", Reply::raw(redirect, false)),
        ("slow", Reply::raw(begun, true)),
        ("cut", Reply::raw(begun, false)),
        (
            "huge",
            Reply::typed("application/json", &format!("{body}{}", " ".repeat(LARGEST))),
        ),
        ("wrong content type", Reply::typed("text/html", body)),
    ]
}
