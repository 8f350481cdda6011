import type { Consumer } from '../../../model/consumer.ts'
import type { ApisixResource } from '../shared/apisix-resource.ts'
import { CONSUMER_BODY } from './consumer-body.ts'
import { consumerNamed } from './consumer-name.ts'
import { projectConsumer } from './project-consumer.ts'
import { preparedConsumer, writeConsumer } from './write-consumer.ts'

/** /apisix/admin/consumers. One without a name, which Kong allows, has its id for one. */
export const CONSUMER_RESOURCE: ApisixResource = {
  segment: 'consumers',
  word: 'consumer',
  schema: CONSUMER_BODY,
  kind: 'consumers',
  methods: ['GET', 'PUT', 'DELETE'],
  idField: 'username',
  list: (view) => view.all('consumers'),
  find: consumerNamed,
  idOf: (entity) => (entity as Consumer).username ?? entity.id,
  project: (view, entity) => projectConsumer(view, entity as Consumer),
  prepare: preparedConsumer,
  write: writeConsumer,
  usedBy: () => null,
}
