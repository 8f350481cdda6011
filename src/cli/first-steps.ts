/**
 * The first five commands for somebody who has just started an empty gateway, with its real addresses.
 * `proxy` and `admin` are base URLs.
 */
export function firstSteps({
  proxy,
  admin,
}: {
  readonly proxy: string
  readonly admin: string
}): string {
  return `
The configuration is empty. Five commands put a service behind the gateway and 5 % of its clients on a canary
(replace the two hosts and ports by your own):

  curl -X POST ${admin}/services --data name=shop --data url=http://127.0.0.1:9001
  curl -X POST ${admin}/services/shop/routes --data name=shop --data 'paths[]=/'
  curl -X POST ${admin}/services/shop/plugins --data name=canary --data config.upstream_host=127.0.0.1 \\
    --data config.upstream_port=9002 --data config.percentage=5 --data config.hash=ip
  curl -i ${proxy}/
  curl ${admin}/services/shop/canary

`
}
