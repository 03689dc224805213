"""moto's server. Its listing of all that it holds (`/moto-api/data.json`) leaves out the policies that AWS owns.

There are thousands of them, in each of AWS's partitions: listing them took more than a second of a core, each time.
"""

from moto.core.model_instances import model_data
from moto.iam.models import AWSManagedPolicy
from moto.server import main

del model_data["iam"][AWSManagedPolicy.__name__]
main()
