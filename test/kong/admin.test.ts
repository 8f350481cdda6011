import { describeAreas } from '../support/kong-suite.ts'
import { ADMIN_AREAS } from './areas.ts'

describeAreas(ADMIN_AREAS)
