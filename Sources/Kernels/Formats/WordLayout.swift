/// The assignment of channels to the 32-bit words of a packed operand.
///
/// Channels are packed a block at a time, as many words as a register has lanes. Word `w` of a block holds channels
/// `w`, `w + words`, `w + 2 * words` ... of it, so that each register of words comes from whole registers of channels.
/// The last block has only as many words as its channels need.
public struct WordLayout: Equatable, Sendable {
    public let channels: Int
    public let lanes: Int
    public let valuesPerWord: Int

    /// Channels of a whole block.
    public let blockChannels: Int
    public let wholeBlocks: Int
    /// Channels and words of the last block if it is not a whole one, else 0.
    public let restChannels: Int
    public let restWords: Int
    public let blocks: Int
    /// The depth of the product, in words.
    public let words: Int

    // Kept, not computed: every tile asks, and a division takes as long as some of its steps.
    @inlinable
    public init(channels: Int, lanes: Int, valuesPerWord: Int) {
        self.channels = channels
        self.lanes = lanes
        self.valuesPerWord = valuesPerWord
        blockChannels = lanes * valuesPerWord
        wholeBlocks = channels / blockChannels
        restChannels = channels % blockChannels
        restWords = (restChannels + valuesPerWord - 1) / valuesPerWord
        blocks = wholeBlocks + (restChannels > 0 ? 1 : 0)
        words = wholeBlocks * lanes + restWords
    }
}
