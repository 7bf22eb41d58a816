namespace RustyRail.Tests.Support.Ports;

/// <summary>Frames one behind the other in one array, each with the room that its buffer shall have around it.</summary>
internal sealed class FrameBatch(int frames, int bytes)
{
    private readonly byte[] _bytes = new byte[bytes];
    private readonly Place[] _places = new Place[frames];
    private int _used;

    public int Count { get; private set; }

    public bool IsFull => Count == _places.Length;

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_places[index].Start, _places[index].Length);

    public (int Head, int Tail) RoomOf(int index) => (_places[index].Head, _places[index].Tail);

    public void Clear() => Count = _used = 0;

    public void Add(ReadOnlySpan<byte> frame, int headroom, int tailroom = 0) => frame.CopyTo(Add(frame.Length, headroom, tailroom));

    /// <summary>Room for a frame that the caller writes; what is in it already is left of another.</summary>
    public Span<byte> Add(int length, int headroom, int tailroom)
    {
        _places[Count++] = new(_used, length, headroom, tailroom);
        _used += length;
        return _bytes.AsSpan(_used - length, length);
    }

    private readonly record struct Place(int Start, int Length, int Head, int Tail);
}
