namespace RustyRail.Tests.Support.Reference;

/// <summary>The pipeline did something that the rules do not say.</summary>
internal sealed class Disagreement(string message) : Exception(message);
