"""moto's server, and what it has to be helped with.

Its listing of all that it holds (`/moto-api/data.json`) leaves out the policies that AWS owns. There are thousands of
them, in each of AWS's partitions: listing them took more than a second of a core, each time.

What it has no resources for is kept by the stand-in provider, in the file that `AGENTPAY_AWS_STORE` names. Who asks for
a list of those is answered from there.
"""

import json
import os
from pathlib import Path

from moto.core.model_instances import model_data
from moto.iam.models import AWSManagedPolicy
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import main


def associations(kept):
    return {
        "Associations": [
            {"AssociationId": key, "AssociationName": record.get("associationName"), "Name": record["name"]}
            for key, record in kept("association")
        ]
    }


def query_definitions(kept):
    return {
        "queryDefinitions": [
            {"queryDefinitionId": key, "name": record["name"], "queryString": record["queryString"]}
            for key, record in kept("query-definition")
        ]
    }


def anomaly_monitors(kept):
    return {
        "AnomalyMonitors": [
            {
                "MonitorArn": key,
                "MonitorName": record["name"],
                "MonitorType": record["monitorType"],
                "MonitorDimension": record.get("monitorDimension"),
            }
            for key, record in kept("anomaly-monitor")
        ]
    }


def anomaly_subscriptions(kept):
    return {
        "AnomalySubscriptions": [
            {
                "SubscriptionArn": key,
                "SubscriptionName": record["name"],
                "MonitorArnList": record["monitorArnLists"],
                "Frequency": record["frequency"],
                "Subscribers": [],
            }
            for key, record in kept("anomaly-subscription")
        ]
    }


def secrets(kept):
    return {"SecretList": [{"ARN": key, "Name": record["name"]} for key, record in kept("secret")]}


def workspaces(kept):
    return {
        "workspaces": [
            {"workspaceId": key, "alias": record.get("alias"), "status": {"statusCode": "ACTIVE"}}
            for key, record in kept("amp-workspace")
        ]
    }


LISTS = {
    "AmazonSSM.ListAssociations": associations,
    "Logs_20140328.DescribeQueryDefinitions": query_definitions,
    "AWSInsightsIndexService.GetAnomalyMonitors": anomaly_monitors,
    "AWSInsightsIndexService.GetAnomalySubscriptions": anomaly_subscriptions,
    "secretsmanager.ListSecrets": secrets,
    # Of an API that has paths instead of names.
    "GET /workspaces": workspaces,
}


def kept(kind):
    file = Path(os.environ.get("AGENTPAY_AWS_STORE", ""))
    records = json.loads(file.read_text()) if file.is_file() else {}
    return records.get(kind, {}).items()


dispatch = DomainDispatcherApplication.__call__


def answer(application, environ, start_response):
    call = f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"
    listed = LISTS.get(environ.get("HTTP_X_AMZ_TARGET", call))
    if listed is None:
        return dispatch(application, environ, start_response)
    body = json.dumps(listed(kept)).encode()
    start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
    return [body]


DomainDispatcherApplication.__call__ = answer
del model_data["iam"][AWSManagedPolicy.__name__]
main()
