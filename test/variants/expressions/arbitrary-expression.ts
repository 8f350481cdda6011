import fc from 'fast-check'

const NUMBERS = [0, 1, -1, 10, 10.5, 16, 1e21]
const NUMERIC_TEXTS = [
  '10',
  ' 10 ',
  '0x10',
  '-1',
  '1e1',
  '10.50',
  '.5',
  '5.',
  '',
  ' ',
  '0o17',
  '1 0',
]
const TEXTS = ['green', 'Green', 'blue', 'gr', '10.0.0.7', '2001:db8::1', '::ffff:10.0.0.7', 'true']

/** A text or number of a small world, so that things are equal often enough. */
export const anyScalar = fc.oneof(
  fc.constantFrom(...TEXTS, ...NUMERIC_TEXTS),
  fc.constantFrom(...NUMBERS),
  fc.boolean(),
)

/** What a variable may be: nil, a scalar or a list. */
export const anyValue = fc.oneof(
  fc.constant(undefined),
  anyScalar,
  fc.array(anyScalar, { maxLength: 3 }),
)

const anyLiteral = fc.oneof(anyScalar, fc.constant(null), fc.array(anyScalar, { maxLength: 4 }))
const anyPattern = fc.constantFrom('green', '^gr', 'N$', '[0-9]+', '^.$', 'e{2}', 10)
const anyNetwork = fc.constantFrom('10.0.0.0/8', '10.0.0.7', '2001:db8::/32', '0.0.0.0/0', '::/0')
const anyNetworks = fc.oneof(anyNetwork, fc.array(anyNetwork, { minLength: 1, maxLength: 3 }))

function inAnyCase(word: string) {
  return fc.constantFrom(word, word.toUpperCase(), word.toLowerCase())
}

const anyComparison = fc.oneof(
  fc.tuple(fc.constantFrom('==', '~=', '>', '>=', '<', '<=', 'in', 'IN', 'has', 'Has'), anyLiteral),
  fc.tuple(fc.constantFrom('~~', '~*'), anyPattern),
  fc.tuple(inAnyCase('ipmatch'), anyNetworks),
)

/** A comparison of one of these variables, in each of its forms. */
function testOf(variables: readonly string[]) {
  const variable = fc.constantFrom(...variables)
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(variable, anyComparison).map(([v, c]) => [v, ...c]) },
    { weight: 2, arbitrary: fc.tuple(variable, anyComparison).map(([v, c]) => [v, '!', ...c]) },
    { weight: 1, arbitrary: fc.tuple(variable, fc.constantFrom(...TEXTS, '==', 'in')) },
  )
}

/** Whole expressions over these variables, some levels deep. */
export function expressionOf(variables: readonly string[]): fc.Arbitrary<unknown[]> {
  const { rule } = fc.letrec<{ rule: unknown[]; junction: unknown[] }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'rule' },
      testOf(variables) as fc.Arbitrary<unknown[]>,
      tie('junction'),
    ),
    junction: fc.oneof(
      fc.array(tie('rule'), { minLength: 1, maxLength: 3, depthIdentifier: 'rule' }),
      fc
        .tuple(
          fc.constantFrom('AND', 'OR', '!AND', '!OR').chain(inAnyCase),
          fc.array(tie('rule'), { minLength: 2, maxLength: 3, depthIdentifier: 'rule' }),
        )
        .map(([word, operands]) => [word, ...operands]),
    ),
  }))
  return fc.oneof(
    fc.array(rule, { maxLength: 3 }),
    fc
      .tuple(
        fc.constantFrom('and', 'OR', '!and', '!OR'),
        fc.array(rule, { minLength: 2, maxLength: 3 }),
      )
      .map(([word, operands]) => [word, ...operands]),
  )
}
