import { describeAreas } from '../support/kong-suite.ts'
import { PROXY_AREAS } from './areas.ts'

describeAreas(PROXY_AREAS)
