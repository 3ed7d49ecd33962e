import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts {@code ssespec mock}, and fails the test if the scenario's expectations were not met. */
class MockServer implements BeforeEachCallback, AfterEachCallback {
  private final String scenario;
  private Process process;
  private String url;

  MockServer(String scenario) {
    this.scenario = scenario;
  }

  String url(String path) {
    return url + path;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    process = new ProcessBuilder("ssespec", "mock", scenario, "--verify", "--print-url")
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    url = new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    process.destroy(); // SIGTERM
    if (process.waitFor() != 0) {
      throw new AssertionError("the client did not do what " + scenario + " expects");
    }
  }
}
