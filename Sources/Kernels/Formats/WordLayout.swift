/// The assignment of channels to the 32-bit words of a packed operand.
///
/// Channels are packed a block at a time, as many words as a register has lanes. Word `w` of a block holds channels
/// `w`, `w + words`, `w + 2 * words` ... of it, so that each register of words comes from whole registers of channels.
/// The last block has only as many words as its channels need.
public struct WordLayout: Equatable, Sendable {
    public let channels: Int
    public let lanes: Int
    public let valuesPerWord: Int

    @inlinable
    public init(channels: Int, lanes: Int, valuesPerWord: Int) {
        self.channels = channels
        self.lanes = lanes
        self.valuesPerWord = valuesPerWord
    }

    /// Channels of a whole block.
    @inlinable public var blockChannels: Int { lanes * valuesPerWord }
    @inlinable public var wholeBlocks: Int { channels / blockChannels }
    /// Channels and words of the last block if it is not a whole one, else 0.
    @inlinable public var restChannels: Int { channels % blockChannels }
    @inlinable public var restWords: Int { (restChannels + valuesPerWord - 1) / valuesPerWord }
    @inlinable public var blocks: Int { wholeBlocks + (restChannels > 0 ? 1 : 0) }
    /// The depth of the product, in words.
    @inlinable public var words: Int { wholeBlocks * lanes + restWords }
}
