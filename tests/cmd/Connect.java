/* Opens a TLS connection to localhost:PORT as any Java program would, and says how that went. */
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

public class Connect {
	public static void main(String[] words) throws Exception {
		try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault()
				.createSocket("localhost", Integer.parseInt(words[0]))) {
			SSLParameters parameters = socket.getSSLParameters();

			parameters.setEndpointIdentificationAlgorithm("HTTPS");
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			System.out.println("connected, " + socket.getSession().getPeerCertificates().length);
		} catch (java.io.IOException problem) {
			System.out.println(problem.getMessage());
			System.exit(1);
		}
	}
}
