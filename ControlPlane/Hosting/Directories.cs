namespace RustyRail.ControlPlane.Hosting;

/// <summary>Makes directories, and takes away again exactly those that it made.</summary>
internal static class Directories
{
    /// <exception cref="OperatorException">No permission, or something is in the way.</exception>
    public static void Make(string path, string what, Action<Action> undo)
    {
        var missing = new Stack<string>();
        for (string? at = path; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at)) missing.Push(at);
        foreach (string directory in missing)
        {
            try
            {
                Directory.CreateDirectory(directory);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new OperatorException($"{what} {path}: cannot be made: {e.Message}");
            }

            undo(() => RemoveIfEmpty(directory));
        }
    }

    private static void RemoveIfEmpty(string directory)
    {
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any()) Directory.Delete(directory);
    }
}
