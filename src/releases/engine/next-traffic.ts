import type { StepAction } from '../document/release.ts'
import type { Traffic } from '../state/traffic.ts'

/** Traffic with which a step begins. Never less than before: a step takes nothing back. */
export function trafficOfStep(action: StepAction, traffic: Traffic): Traffic {
  switch (action.kind) {
    case 'percentage':
      return withShare(traffic, action.percentage)
    case 'flip':
      return withShare(traffic, 100)
    case 'groups':
      return withGroups(traffic, action.groups)
    case 'preview': {
      const shown = withGroups(traffic, action.groups)
      return action.header === null ? shown : { ...shown, previewHeader: action.header }
    }
    case 'ramp':
    case 'approval':
    case 'gate':
    case 'hold':
      return traffic
  }
}

export function withShare(traffic: Traffic, share: number): Traffic {
  return share <= traffic.percentage ? traffic : { ...traffic, percentage: share }
}

function withGroups(traffic: Traffic, groups: readonly string[]): Traffic {
  const added = [...new Set(groups)].filter((group) => !traffic.groups.includes(group))
  return added.length === 0 ? traffic : { ...traffic, groups: [...traffic.groups, ...added] }
}
