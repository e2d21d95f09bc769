//! Servers behind TLS, with certificates of authorities that nobody else knows.

use std::{path::Path, sync::Arc};

use assay::{
    config::EndpointConfig,
    llm::{Endpoint as _, Feature, Found, Nature, openai::OpenAi},
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use super::{complete, config, quick, request, server::Step, server::good};

/// An authority, made for a test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn write(&self, file: &Path) -> String {
        std::fs::write(file, self.0.pem()).unwrap();
        file.to_string_lossy().into_owned()
    }

    /// A server that this authority vouches for under a name; every request is answered well.
    async fn serve(&self, name: &str) -> (String, JoinHandle<()>) {
        let key = KeyPair::generate().unwrap();
        let signed = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        let chain: Vec<CertificateDer<'static>> = vec![signed.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut head = [0; 16 * 1024];
                let _read = stream.read(&mut head).await;
                if let Some(Step::Bytes(bytes)) = good("through TLS").into_iter().next() {
                    let _gone = stream.write_all(&bytes).await;
                }
                let _gone = stream.shutdown().await;
            }
        });
        (format!("https://localhost:{port}/v1"), task)
    }
}

fn client(url: &str, ca_file: Option<String>) -> OpenAi {
    OpenAi::open("test", &EndpointConfig { ca_file, ..config(url) }).unwrap().retrying(quick(3))
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_once_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (Authority::new("ours"), Authority::new("another"));
    let (url, server) = ours.serve("localhost").await;
    let named = ours.write(&folder.path().join("ca.pem"));
    let answer = complete(&client(&url, Some(named)), request("a")).await.0.unwrap();
    assert_eq!(answer.content, "through TLS");

    let wrong = other.write(&folder.path().join("other.pem"));
    for ca_file in [None, Some(wrong)] {
        let (answer, _, heard) = complete(&client(&url, ca_file.clone()), request("a")).await;
        let error = answer.unwrap_err();
        assert_eq!((error.code().as_ref(), error.nature()), ("certificate", Nature::Blocked));
        let said = error.to_string();
        assert!(said.contains("is not trusted") && said.contains("UnknownIssuer"), "{said}");
        assert!(said.contains("ca_file under [endpoints.test]") && said.contains(&url), "{said}");
        assert_eq!(heard.all().len(), 1, "asking again would not help");
        let probe = client(&url, ca_file).probe("m").await;
        assert_eq!(probe.found(Feature::Reachable), Found::No, "{probe:?}");
    }
    server.abort();
}

#[tokio::test]
async fn a_certificate_of_another_name_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ours = Authority::new("ours");
    let (url, server) = ours.serve("elsewhere.example").await;
    let named = ours.write(&folder.path().join("ca.pem"));
    let error = complete(&client(&url, Some(named)), request("a")).await.0.unwrap_err().to_string();
    assert!(error.contains("not valid for name") && error.contains("elsewhere.example"), "{error}");
    server.abort();
}
