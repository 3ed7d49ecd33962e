vcl 4.1;

backend default {
  .host = "127.0.0.1";
  .port = "{upstream-port}";
}

sub vcl_recv {
  return (pipe);
}

sub vcl_pipe {
  return (pipe);
}
