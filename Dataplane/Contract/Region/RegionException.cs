namespace RustyRail.Contract.Region;

/// <summary>The region cannot be used; the message is one line for an operator and names the file.</summary>
public sealed class RegionException(string message) : Exception(message);
