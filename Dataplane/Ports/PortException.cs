namespace RustyRail.Dataplane.Ports;

/// <summary>A port cannot be opened or a capture cannot be read or written. The message is one line for the operator and names the thing.</summary>
internal sealed class PortException : Exception
{
    public PortException(string message)
        : base(message)
    {
    }

    public PortException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
