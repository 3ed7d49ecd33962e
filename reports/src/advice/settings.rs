//! Which setting of which program mends what.
//!
//! Each was tried with the program: the cases of its causes fail without it and pass with it. What no setting mends is not in the
//! table.

use super::cause::Cause;
use super::known_proxy::KnownProxy;

/// A setting.
pub(super) struct Setting {
    pub(super) program: KnownProxy,
    pub(super) causes: &'static [Cause],
    /// The lines of the configuration.
    pub(super) lines: &'static [&'static str],
    /// Where they belong, in a few words.
    pub(super) place: &'static str,
    /// Its documentation.
    pub(super) link: &'static str,
}

/// Where listeners of http-proxy belong.
const HTTP_PROXY_LISTENERS: &str =
    "after createProxyServer; in configure of Vite's server.proxy; in the option on of http-proxy-middleware";

/// The table. Its order is that of reports.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        program: KnownProxy::Nginx,
        causes: &[
            Cause::HeldBack,
            Cause::Compressed,
            Cause::CutWhileItFlows,
            Cause::LostAtTheEnd,
            Cause::NoBackPressure,
        ],
        lines: &["proxy_buffering off;"],
        place: "in the location of the streams",
        link: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering",
    },
    Setting {
        program: KnownProxy::Nginx,
        causes: &[Cause::CutWhileSilent],
        lines: &["proxy_read_timeout 1h;"],
        place: "in the location of the streams; longer than the time between two events or comments",
        link: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
    },
    Setting {
        program: KnownProxy::Nginx,
        causes: &[Cause::Cached, Cause::DepartureHidden],
        lines: &["proxy_cache off;"],
        place: "in the location of the streams, if a cache is configured",
        link: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache",
    },
    Setting {
        program: KnownProxy::Nginx,
        causes: &[Cause::DepartureHidden],
        lines: &["proxy_ignore_client_abort off;"],
        place: "in the location of the streams; the default",
        link: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ignore_client_abort",
    },
    Setting {
        program: KnownProxy::Nginx,
        causes: &[Cause::Transformed, Cause::NoVary],
        lines: &["gzip off;"],
        place: "in the location of the streams",
        link: "https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip",
    },
    Setting {
        program: KnownProxy::Nginx,
        causes: &[Cause::ErrorsReplaced],
        lines: &["proxy_intercept_errors off;"],
        place: "in the location of the streams; the default",
        link: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_intercept_errors",
    },
    Setting {
        program: KnownProxy::Nginx,
        causes: &[Cause::Http10Behind],
        lines: &["proxy_http_version 1.1;", r#"proxy_set_header Connection "";"#],
        place: "in the location of the streams",
        link: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_http_version",
    },
    Setting {
        program: KnownProxy::Haproxy,
        causes: &[Cause::HeldBack, Cause::Compressed],
        lines: &["option http-no-delay"],
        place: "in defaults, or in the frontend and the backend",
        link: "https://docs.haproxy.org/2.6/configuration.html#4.2-option%20http-no-delay",
    },
    Setting {
        program: KnownProxy::Haproxy,
        causes: &[Cause::Compressed],
        lines: &["# no text/event-stream in compression type"],
        place: "in the frontend and the backend, if they compress",
        link: "https://docs.haproxy.org/2.6/configuration.html#4.2-compression%20type",
    },
    Setting {
        program: KnownProxy::Haproxy,
        causes: &[Cause::DepartureHidden],
        lines: &["option abortonclose"],
        place: "in defaults, or in the backend",
        link: "https://docs.haproxy.org/2.6/configuration.html#4.2-option%20abortonclose",
    },
    Setting {
        program: KnownProxy::Haproxy,
        causes: &[Cause::CutWhileSilent],
        lines: &["timeout client 1h", "timeout server 1h"],
        place: "in defaults; longer than the time between two events or comments",
        link: "https://docs.haproxy.org/2.6/configuration.html#4.2-timeout%20server",
    },
    Setting {
        program: KnownProxy::Apache,
        causes: &[Cause::Transformed, Cause::NoVary],
        lines: &["SetEnv no-gzip 1"],
        place: "in the Location of the streams, with mod_env",
        link: "https://httpd.apache.org/docs/2.4/mod/mod_deflate.html#env",
    },
    Setting {
        program: KnownProxy::Apache,
        causes: &[Cause::CutWhileSilent],
        lines: &["ProxyTimeout 3600"],
        place: "in the virtual host, or as timeout=3600 in ProxyPass; longer than the time between two events or comments",
        link: "https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxytimeout",
    },
    Setting {
        program: KnownProxy::Apache,
        causes: &[Cause::ErrorsReplaced],
        lines: &["ProxyErrorOverride Off"],
        place: "in the Location of the streams; the default",
        link: "https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxyerroroverride",
    },
    Setting {
        program: KnownProxy::Caddy,
        causes: &[Cause::HeldBack, Cause::Compressed, Cause::CutWhileItFlows],
        lines: &["response_buffers 0"],
        place: "in reverse_proxy; the default",
        link: "https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#streaming",
    },
    Setting {
        program: KnownProxy::Caddy,
        causes: &[Cause::CodingAsked],
        lines: &["transport http {", "    compression off", "}"],
        place: "in reverse_proxy",
        link: "https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#the-http-transport",
    },
    Setting {
        program: KnownProxy::Caddy,
        causes: &[Cause::DepartureHidden],
        lines: &["# without flush_interval -1"],
        place: "in reverse_proxy; event streams are flushed without it",
        link: "https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#streaming",
    },
    Setting {
        program: KnownProxy::Varnish,
        causes: &[
            Cause::HeldBack,
            Cause::Compressed,
            Cause::Transformed,
            Cause::CutWhileItFlows,
            Cause::Cached,
            Cause::DepartureHidden,
            Cause::NoBackPressure,
            Cause::CodingAsked,
            Cause::StreamsWait,
        ],
        lines: &[
            "sub vcl_recv {",
            r#"    if (req.http.Accept ~ "text/event-stream") {"#,
            "        return (pipe);",
            "    }",
            "}",
        ],
        place: "in the VCL, for HTTP/1.1; streams are recognized by Accept here, or by their path",
        link: "https://varnish-cache.org/docs/7.1/users-guide/vcl-built-in-subs.html#vcl-pipe",
    },
    Setting {
        program: KnownProxy::Lighttpd,
        causes: &[
            Cause::HeldBack,
            Cause::Compressed,
            Cause::CutWhileItFlows,
            Cause::LooksComplete,
            Cause::NoBackPressure,
        ],
        lines: &["server.stream-response-body = 2"],
        place: "globally, or in the condition of the streams",
        link: "https://redmine.lighttpd.net/projects/lighttpd/wiki/Server_stream-response-bodyDetails",
    },
    Setting {
        program: KnownProxy::Envoy,
        causes: &[Cause::CutWhileItFlows, Cause::CutWhileSilent],
        lines: &["timeout: 0s"],
        place: "in the route of the streams",
        link: "https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts#route-timeouts",
    },
    Setting {
        program: KnownProxy::Envoy,
        causes: &[Cause::Http10Refused],
        lines: &["http_protocol_options:", "  accept_http_10: true"],
        place: "in the HTTP connection manager",
        link: "https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto#config-core-v3-http1protocoloptions",
    },
    Setting {
        program: KnownProxy::TrafficServer,
        causes: &[Cause::Repeated],
        lines: &["CONFIG proxy.config.http.connect_attempts_max_retries INT 0"],
        place: "in records.config",
        link: "https://docs.trafficserver.apache.org/en/9.2.x/admin-guide/files/records.config.en.html#proxy-config-http-connect-attempts-max-retries",
    },
    Setting {
        program: KnownProxy::TrafficServer,
        causes: &[Cause::DepartureHidden],
        lines: &["CONFIG proxy.config.http.allow_half_open INT 0"],
        place: "in records.config; a client that closes its side of the connection has left then",
        link: "https://docs.trafficserver.apache.org/en/9.2.x/admin-guide/files/records.config.en.html#proxy-config-http-allow-half-open",
    },
    Setting {
        program: KnownProxy::Squid,
        causes: &[Cause::CredentialsRemoved],
        lines: &["login=PASSTHRU"],
        place: "in the cache_peer line of the origin, after originserver",
        link: "http://www.squid-cache.org/Doc/config/cache_peer/",
    },
    Setting {
        program: KnownProxy::Mitmproxy,
        causes: &[Cause::HeldBack, Cause::Compressed, Cause::CutWhileItFlows, Cause::LostAtTheEnd],
        lines: &[
            "def responseheaders(flow):",
            r#"    if flow.response.headers.get("content-type", "").lower().startswith("text/event-stream"):"#,
            "        flow.response.stream = True",
        ],
        place: "in a script that --scripts names",
        link: "https://docs.mitmproxy.org/stable/overview-features/#streaming",
    },
    Setting {
        program: KnownProxy::Traefik,
        causes: &[Cause::Transformed],
        lines: &["excludedContentTypes:", "  - text/event-stream"],
        place: "in the compress middleware",
        link: "https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/compress/",
    },
    Setting {
        program: KnownProxy::HttpProxy,
        causes: &[Cause::DepartureHidden],
        lines: &[
            r#"proxy.on("proxyReq", (proxyReq, req, res) => {"#,
            r#"  res.on("close", () => proxyReq.destroy());"#,
            "});",
        ],
        place: HTTP_PROXY_LISTENERS,
        link: "https://github.com/http-party/node-http-proxy#listening-for-proxy-events",
    },
    Setting {
        program: KnownProxy::HttpProxy,
        causes: &[Cause::HeldBack],
        lines: &[
            r#"proxy.on("proxyRes", (proxyRes, req, res) => {"#,
            "  process.nextTick(() => res.flushHeaders());",
            "});",
        ],
        place: HTTP_PROXY_LISTENERS,
        link: "https://github.com/http-party/node-http-proxy#listening-for-proxy-events",
    },
    Setting {
        program: KnownProxy::HttpProxy,
        causes: &[Cause::DeadOriginHidden, Cause::NothingAdded, Cause::LooksComplete],
        lines: &[
            r#"proxy.on("proxyRes", (proxyRes, req, res) => {"#,
            r#"  proxyRes.on("close", () => proxyRes.complete || res.destroy());"#,
            "});",
            r#"proxy.on("error", (error, req, res) => {"#,
            "  if (res.headersSent) res.destroy();",
            "  else res.writeHead(502).end();",
            "});",
        ],
        place: HTTP_PROXY_LISTENERS,
        link: "https://github.com/http-party/node-http-proxy#listening-for-proxy-events",
    },
    Setting {
        program: KnownProxy::Varnish,
        causes: &[Cause::CutWhileSilent],
        lines: &["-p between_bytes_timeout=3600 -p first_byte_timeout=3600"],
        place: "on the command line of varnishd; longer than the time between two events or comments",
        link: "https://varnish-cache.org/docs/7.1/reference/varnishd.html#between-bytes-timeout",
    },
    Setting {
        program: KnownProxy::H2o,
        causes: &[Cause::CutWhileSilent],
        lines: &["proxy.timeout.io: 3600000"],
        place: "in the path of the streams, in milliseconds; longer than the time between two events or comments",
        link: "https://h2o.examp1e.net/configure/proxy_directives.html#proxy.timeout.io",
    },
    Setting {
        program: KnownProxy::TrafficServer,
        causes: &[Cause::CutWhileSilent],
        lines: &[
            "CONFIG proxy.config.http.transaction_no_activity_timeout_in INT 3600",
            "CONFIG proxy.config.http.transaction_no_activity_timeout_out INT 3600",
        ],
        place: "in records.config; longer than the time between two events or comments",
        link: "https://docs.trafficserver.apache.org/en/9.2.x/admin-guide/files/records.config.en.html#proxy-config-http-transaction-no-activity-timeout-out",
    },
];
