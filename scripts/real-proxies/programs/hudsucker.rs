// Serves hudsucker on 127.0.0.1:PORT, with the authority of these two PEM files.
use hudsucker::{
    certificate_authority::RcgenAuthority,
    rcgen::{Issuer, KeyPair},
    rustls::crypto::aws_lc_rs,
    Proxy,
};
use std::{env, fs, net::SocketAddr};

#[tokio::main]
async fn main() {
    let args: Vec<String> = env::args().collect();
    let port: u16 = args[1].parse().expect("a port");
    let certificate = fs::read_to_string(&args[2]).expect("a certificate");
    let key = KeyPair::from_pem(&fs::read_to_string(&args[3]).expect("a key")).expect("a key");
    let issuer = Issuer::from_ca_cert_pem(&certificate, key).expect("a certificate");
    Proxy::builder()
        .with_addr(SocketAddr::from(([127, 0, 0, 1], port)))
        .with_ca(RcgenAuthority::new(issuer, 100, aws_lc_rs::default_provider()))
        .with_rustls_connector(aws_lc_rs::default_provider())
        .build()
        .expect("a proxy")
        .start()
        .await
        .expect("an end");
}
