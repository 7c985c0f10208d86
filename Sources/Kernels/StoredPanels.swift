import Synchronization

/// The right panels of a matrix, widened once and kept, for a program that goes on.
///
/// They take up two to four times the memory of the matrix, and to fill fresh memory takes as
/// long as the panels save in some fifty uses: whoever multiplies only a few times widens
/// panels as it goes.
final class StoredPanels: @unchecked Sendable {
    private static let patience = 32

    private let uses = Atomic<Int>(0)
    private let isReady = Atomic<Bool>(false)
    private let memory = ScratchMemory()
    private var lanes = 0
    private var usesStrassen = false

    /// Keeps them from the next use on.
    func expectManyUses() {
        uses.max(Self.patience - 1, ordering: .relaxed)
    }

    /// The panels as the plan places them, or nil while they are not kept.
    func panels(
        of weights: WeightMatrix, _ plan: ProductPlan, _ kernels: KernelSet, _ team: ThreadTeam
    ) -> UnsafePointer<Float>? {
        if !isReady.load(ordering: .acquiring) {
            guard uses.add(1, ordering: .relaxed).newValue == Self.patience else { return nil }
            lanes = kernels.lanes
            usesStrassen = plan.usesStrassen
            fill(from: weights, plan, kernels, team)
            isReady.store(true, ordering: .releasing)
            weights.release()
        }
        // Another instruction set or image size may cut the matrix differently.
        return lanes == kernels.lanes && usesStrassen == plan.usesStrassen ? UnsafePointer(memory.base) : nil
    }

    private func fill(from weights: WeightMatrix, _ plan: ProductPlan, _ kernels: KernelSet, _ team: ThreadTeam) {
        memory.reserve(plan.panelFloats)
        team.forEach(plan.panels.count) { index, _ in
            let panel = plan.panels[index]
            for operand in plan.operands {
                kernels.packPanel(panel, operand, of: weights, into: memory.base + plan.offset(of: panel, operand))
            }
        }
    }
}
