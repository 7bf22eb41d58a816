namespace RustyRail.Dataplane.Host.Generate;

/// <summary>Traffic cannot be made as asked. The message is one line and names the thing.</summary>
internal sealed class GenerateException(string message, Exception? cause = null) : Exception(message, cause);
