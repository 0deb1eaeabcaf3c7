use super::*;

#[tokio::test]
async fn a_stopped_server_gives_its_data_free_and_the_next_goes_on_with_it() {
    let data = Data::new();
    let running = Server::start(data.options()).await.unwrap();
    let host = format!("auth.urbantrend.localhost:{}", running.port());
    let keys = get(running.port(), &host, "/.well-known/jwks.json").await;
    let refused = Server::start(data.options()).await.err().unwrap().to_string();
    assert!(
        refused.ends_with("is in use by another symbolon process; stop it or choose another --data"),
        "{refused}"
    );
    // A connection that says nothing does not hold the stop up.
    let idle = TcpStream::connect(("127.0.0.1", running.port())).await.unwrap();
    running.stop().await;
    drop(idle);
    let running = Server::start(data.options()).await.unwrap();
    let host = format!("auth.urbantrend.localhost:{}", running.port());
    let again = get(running.port(), &host, "/.well-known/jwks.json").await;
    let body = |answer: &str| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    assert_eq!(body(&keys), body(&again));
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_start_says_why_in_one_line() {
    let data = Data::new();
    let start = async |change: &dyn Fn(&mut Options)| {
        let mut options = data.options();
        change(&mut options);
        Server::start(options)
            .await
            .err()
            .map(|error| (error.to_string(), error.exit_code()))
    };
    let (line, code) = start(&|o| o.listen = "0.0.0.0:0".parse().unwrap()).await.unwrap();
    assert!(
        line.starts_with("--listen 0.0.0.0:0 can be reached from elsewhere"),
        "{line}"
    );
    assert_eq!(code, 2);
    let taken = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let listener = TcpListener::bind(taken).await.unwrap();
    let (line, code) = start(&|o| o.listen = taken).await.unwrap();
    assert_eq!(
        line,
        format!("{taken} is in use; stop what listens there or choose another --listen")
    );
    assert_eq!(code, 1);
    drop(listener);
    let (line, _) = start(&|o| o.config = ConfigSource::Text("[tenants]".to_owned()))
        .await
        .unwrap();
    assert_eq!(line, "configuration: tenants: there is none");
    let demo = include_str!("../../../demo.toml");
    let other = demo.replace("tenants.northpeak", "tenants.southpeak");
    let (line, _) = start(&|o| o.config = ConfigSource::Text(other.clone()))
        .await
        .unwrap();
    assert_eq!(
        line,
        "the demo's partner apps do not fit this configuration: no tenant `northpeak`"
    );
    let alone = other.replace("partners = true", "partners = false");
    assert!(
        start(&|o| o.config = ConfigSource::Text(alone.clone()))
            .await
            .is_none()
    );
}
