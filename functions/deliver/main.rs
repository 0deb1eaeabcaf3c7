//! The `deliver` function: takes text messages out of the queue and hands each to its tenant's sender.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    symbolon_aws::serve_messages().await
}
