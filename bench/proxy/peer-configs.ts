export interface PeerConfig {
  readonly port: number
  readonly ports: { readonly v1: number; readonly v2: number }
  readonly folder: string
}

/** One process, keep-alive on both sides, half of the hash of `x-user` to each upstream. */
export function nginxConfig({ port, ports, folder }: PeerConfig): string {
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  error_log stderr error;
  client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
  scgi_temp_path ${folder}/nginx-scgi;
  keepalive_requests 10000000;
  split_clients "bench:$http_x_user" $variant { 50% v1; * v2; }
  upstream v1 { server 127.0.0.1:${ports.v1}; keepalive 64; keepalive_requests 10000000; }
  upstream v2 { server 127.0.0.1:${ports.v2}; keepalive 64; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass http://$variant;
    }
  }
}
`
}

export function haproxyConfig({ port, ports }: PeerConfig): string {
  return `
global
  nbthread 1
  maxconn 1000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend bench
  bind 127.0.0.1:${port}
  http-request set-var(txn.bucket) req.hdr(x-user),xxh32,mod(100)
  use_backend v2 if { var(txn.bucket) -m int lt 50 }
  default_backend v1
backend v1
  server one 127.0.0.1:${ports.v1}
backend v2
  server two 127.0.0.1:${ports.v2}
`
}

export function caddyfile({ port, ports, folder }: PeerConfig): string {
  return `
{
  admin off
  auto_https off
  storage file_system ${folder}/caddy
  log {
    output discard
  }
}
http://127.0.0.1:${port}, http://bench.example:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${ports.v1} 127.0.0.1:${ports.v2} {
    lb_policy header X-User
  }
}
`
}
