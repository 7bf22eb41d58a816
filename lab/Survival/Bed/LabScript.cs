using System.Diagnostics;
using RustyRail.Lab.Survival.Native;

namespace RustyRail.Lab.Survival.Bed;

/// <summary>The lab's own program and the namespaces it made.</summary>
internal sealed class LabScript(string program, string prefix)
{
    public string StateDirectory => $"/dev/shm/{prefix}lab";

    public string HostFile(string host, string name) => Path.Combine(StateDirectory, host, name);

    /// <exception cref="LabException">It did not end well.</exception>
    public async Task RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["LAB_PREFIX"] = prefix;
        using Process lab = Process.Start(start)!;
        lab.StandardInput.Close();
        Task<string> output = lab.StandardOutput.ReadToEndAsync();
        string errors = await lab.StandardError.ReadToEndAsync();
        await output;
        await lab.WaitForExitAsync();
        if (lab.ExitCode != 0) throw new LabException($"'lab {string.Join(' ', arguments)}' ended with {lab.ExitCode}: {errors.Trim()}");
    }

    /// <summary>On a thread of its own inside the host's network; sockets made there stay there.</summary>
    public void Inside(string host, Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Setns.Enter($"/run/netns/{prefix}{host}");
                action();
            }
#pragma warning disable CA1031 // carried over to the caller's thread, whatever it is
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw new LabException($"inside {host}: {failure.Message}");
    }
}

/// <summary>The bed is not as it should be; one line.</summary>
internal sealed class LabException(string message) : Exception(message);
