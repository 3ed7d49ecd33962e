//! tower-http's CompressionLayer, as its documentation shows it, in front of a proxy in an axum application.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header, uri};
use axum::response::{IntoResponse, Response};
use axum::Router;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tower_http::compression::CompressionLayer;

/// The fields that concern one connection only, <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>.
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

#[derive(Clone)]
struct Origin {
    client: Client<HttpConnector, Body>,
    authority: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, listen, upstream] = &arguments[..] else { panic!("proxy LISTEN UPSTREAM") };
    let client = Client::builder(TokioExecutor::new()).build_http();
    let origin = Origin { client, authority: upstream.clone() };
    let app = Router::new().fallback(forward).layer(CompressionLayer::new()).with_state(origin);
    let listener = tokio::net::TcpListener::bind(listen).await.expect("the address is free");
    axum::serve(listener, app).await.expect("it serves");
}

async fn forward(State(origin): State<Origin>, mut request: Request) -> Response {
    let path = request.uri().path_and_query().cloned();
    let target = uri::Builder::new().scheme("http").authority(origin.authority);
    let Ok(target) = target.path_and_query(path.map_or("/".into(), |path| path.to_string())).build() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = target;
    *request.version_mut() = axum::http::Version::HTTP_11;
    end_to_end(request.headers_mut());
    match origin.client.request(request).await {
        Ok(mut response) => {
            end_to_end(response.headers_mut());
            response.into_response()
        }
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Removes the fields that concern one connection only.
fn end_to_end(fields: &mut HeaderMap) {
    let named: Vec<HeaderName> = fields
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        fields.remove(name);
    }
}
