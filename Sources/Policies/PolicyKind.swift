/// The kind of a Lua file: a tenant's policy, which chooses, or an operator's guard, which can only make a contact wait.
package enum PolicyKind: String, Sendable, CaseIterable { case policy, `guard` }
