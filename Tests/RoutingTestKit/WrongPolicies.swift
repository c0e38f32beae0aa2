/// Policies for a random world: careless ones, and hostile ones.
package enum WrongPolicies {
  package static let files = [
    "greedy": "return { select = function(c, fleet) return use(fleet[1], 'always the first') end }",
    "random": """
    return { select = function(c, fleet)
      local n = random(6)
      if n == 1 then return wait('not now', random(900)) end
      if n == 2 then return skip('left out') end
      if n == 3 then return nil end
      local d = fleet[random(#fleet)]
      if n == 4 then return move(d, 'moved') end
      return use(d, 'drawn')
    end }
    """,
    "faulty": """
    return { select = function(c, fleet)
      if random() < 0.4 then error('bad luck') end
      if random() < 0.2 then return use('nobody', 'x') end
      return use(fleet:hash(c.id), 'hashed')
    end }
    """,
    "broken": "return { select = function(c, fleet return nil end }",
  ]
}
